package commands

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// Exit codes.
const (
	ExitOK     = 0 // done
	ExitFailed = 1 // it failed, or its answer could not be written; stderr says which
	ExitUsage  = 2 // the arguments make no sense; stderr says what would
)

// Command is one invocation, ready to run. Make it with Parse.
type Command struct {
	// Templates are the originals that "templates export" writes, by folder.
	Templates map[string]fs.FS
	// Movable is the office's store, nil if that cannot be moved.
	Movable store.Movable

	kind           *kind
	operands       []string
	flags          *flagSet
	stdout, stderr io.Writer
}

// Parse reads the arguments. If there is nothing to run, the command is nil: code
// is ExitOK after help was asked for, or ExitUsage after a mistake.
func Parse(args []string, stdout, stderr io.Writer) (command *Command, code int) {
	words := wordsOf(messages.Ours())
	if len(args) == 0 {
		usage(stderr, words)
		return nil, ExitUsage
	}
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		usage(stdout, words)
		return nil, ExitOK
	}
	k, rest := find(args)
	if k == nil {
		fmt.Fprintln(stderr, safe(words, words.Text("commands.error.no_command", "command", oneLine(args[0]))))
		return nil, ExitUsage
	}
	c := &Command{kind: k, stdout: stdout, stderr: stderr, flags: &flagSet{FlagSet: flag.NewFlagSet(k.name, flag.ContinueOnError), words: words}}
	c.flags.SetOutput(io.Discard)
	for _, declare := range k.flags {
		declare(c.flags)
	}
	if !k.anySecret {
		toggle("anyway", "commands.flag.anyway")(c.flags)
	}
	operands, err := c.flags.parse(rest)
	if errors.Is(err, flag.ErrHelp) {
		k.usage(stdout, c.flags)
		return nil, ExitOK
	}
	if err == nil {
		err = c.take(operands)
	}
	for i := 0; err == nil && i < len(c.flags.checks); i++ {
		err = c.flags.checks[i]()
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %s\n\n", k.name, safe(words, say(words, err)))
		k.usage(stderr, c.flags)
		return nil, ExitUsage
	}
	return c, ExitOK
}

// parse allows flags before and after the operands; "--" ends them.
func (f *flagSet) parse(args []string) (operands []string, err error) {
	for {
		if err := f.Parse(args); err != nil {
			return nil, flagProblem(err)
		}
		rest := f.Args()
		if len(rest) == 0 {
			return operands, nil
		}
		if read := len(args) - len(rest); read > 0 && args[read-1] == "--" {
			return append(operands, rest...), nil
		}
		operands, args = append(operands, rest[0]), rest[1:]
	}
}

// take checks the operands against what the command asks for: "EMAIL ROLE..."
// is one and at least one, "[TEXT]" is optional.
func (c *Command) take(operands []string) error {
	names := strings.Fields(c.kind.operands)
	for i, name := range names {
		if i >= len(operands) && !strings.HasPrefix(name, "[") {
			return wrong("commands.error.missing", "what", strings.Trim(name, "."))
		}
	}
	if len(operands) > len(names) && !strings.HasSuffix(c.kind.operands, "...") {
		return wrong("commands.error.too_many", "argument", operands[len(names)])
	}
	for i, operand := range operands {
		// A parameter may be set to nothing.
		if name := names[min(i, len(names)-1)]; strings.TrimSpace(operand) == "" && name != "VALUE" {
			return wrong("commands.error.empty", "what", strings.Trim(name, "[]."))
		}
	}
	c.operands = operands
	return nil
}

// call is a command while it runs.
type call struct {
	*Command
	desk  *desk.Desk
	words *messages.Language
	by    desk.Actor
	visit desk.Visit
	stdin io.Reader
	out   io.Writer
	// interrupted is closed when the command is to end.
	interrupted <-chan struct{}
}

// arg is an operand, or empty if it was left out.
func (c *call) arg(i int) string {
	if i < len(c.operands) {
		return c.operands[i]
	}
	return ""
}

// Run runs it, and returns ExitOK or ExitFailed. Questions are answered on stdin,
// if that is a terminal.
func (c *Command) Run(ctx context.Context, d *desk.Desk, stdin io.Reader) (code int) {
	// Gathered first, so that half an answer never precedes a failure.
	var gathered strings.Builder
	running := &call{Command: c, desk: d, words: wordsOf(d.Messages), by: desk.CommandLine(), stdin: stdin, out: &gathered, interrupted: ctx.Done()}
	if c.kind.streams {
		running.out = c.stdout
	}
	began := d.Now()
	err := running.checkSecret(ctx)
	if err == nil {
		err = c.kind.run(ctx, running)
	}
	if err == nil {
		// Before the emails: a one-time link must not be lost while a slow mail
		// server keeps someone waiting.
		_, err = io.WriteString(c.stdout, gathered.String())
		if c.kind.mails {
			running.deliver(ctx, began)
		}
	}
	if err != nil {
		running.fail(err)
		return ExitFailed
	}
	return ExitOK
}

// checkSecret refuses to write with a master secret other than the running office's,
// because in a shell it is easy to set the wrong one.
func (c *call) checkSecret(ctx context.Context) error {
	if c.kind.anySecret || c.flags.on("anyway") {
		return nil
	}
	known, err := c.desk.KnowsSecretInUse(ctx)
	if err == nil && !known {
		err = wrong("commands.error.other_secret")
	}
	return err
}

// fail says what went wrong, and what helps.
func (c *call) fail(err error) {
	fmt.Fprintf(c.stderr, "%s: %s\n", c.kind.name, safe(c.words, say(c.words, c.explain(err))))
	switch {
	case errors.Is(err, store.ErrIncompatible): // It says what helps, and waiting does not.
	case errors.Is(err, store.ErrReadOnly):
		c.warn("commands.error.read_only")
	case errors.Is(err, store.ErrUnavailable):
		c.warn("commands.error.unavailable")
	}
}

// explain puts an error into words that someone at a shell can act on.
func (c *call) explain(err error) error {
	limited, stale, notNow, unknown := (*desk.LimitedError)(nil), (*desk.StaleError)(nil), (*desk.NotNowError)(nil), (*notFound)(nil)
	switch {
	case errors.As(err, &limited) && limited.RetryAt.IsZero():
		return wrong("commands.error.limited")
	case errors.As(err, &limited):
		return wrong("commands.error.limited_until", "until", stamp(limited.RetryAt))
	case errors.Is(err, desk.ErrLastSuperAdministrator):
		return wrong("commands.error.last_super_administrator")
	case errors.Is(err, desk.ErrElsewhere):
		return wrong("commands.error.elsewhere")
	case errors.As(err, &notNow):
		return err
	case errors.Is(err, desk.ErrChanged), errors.As(err, &stale):
		return wrong("commands.error.changed")
	case errors.As(err, &unknown):
		return unknown.explain(c.kind.see)
	case errors.Is(err, desk.ErrNotFound) && c.kind.see != "":
		return (&notFound{what: messages.New("commands.error.not_found")}).explain(c.kind.see)
	}
	return err
}
