package commands

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
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
	kind           *kind
	operands       []string
	flags          *flagSet
	stdout, stderr io.Writer
}

// Parse reads the arguments. If there is nothing to run, the command is nil: code
// is ExitOK after help was asked for, or ExitUsage after a mistake.
func Parse(args []string, stdout, stderr io.Writer) (command *Command, code int) {
	if len(args) == 0 {
		usage(stderr)
		return nil, ExitUsage
	}
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		usage(stdout)
		return nil, ExitOK
	}
	k, rest := find(args)
	if k == nil {
		fmt.Fprintf(stderr, "there is no command %q; \"help\" lists those that there are\n", args[0])
		return nil, ExitUsage
	}
	c := &Command{kind: k, stdout: stdout, stderr: stderr, flags: &flagSet{FlagSet: flag.NewFlagSet(k.name, flag.ContinueOnError)}}
	c.flags.SetOutput(io.Discard)
	for _, declare := range k.flags {
		declare(c.flags)
	}
	if !k.anySecret {
		c.flags.Bool("anyway", false, "run although the audit log is sealed with another master secret")
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
		fmt.Fprintf(stderr, "%s: %s\n\n", k.name, oneLine(err.Error()))
		k.usage(stderr, c.flags)
		return nil, ExitUsage
	}
	return c, ExitOK
}

// parse allows flags before and after the operands; "--" ends them.
func (f *flagSet) parse(args []string) (operands []string, err error) {
	for {
		if err := f.Parse(args); err != nil {
			return nil, err
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
			return fmt.Errorf("%s is missing", strings.Trim(name, "."))
		}
	}
	if len(operands) > len(names) && !strings.HasSuffix(c.kind.operands, "...") {
		return fmt.Errorf("%q is one argument too many; put quotes around several words", operands[len(names)])
	}
	for i, operand := range operands {
		// A parameter may be set to nothing.
		if name := names[min(i, len(names)-1)]; strings.TrimSpace(operand) == "" && name != "VALUE" {
			return fmt.Errorf("%s is empty", strings.Trim(name, "[]."))
		}
	}
	c.operands = operands
	return nil
}

// call is a command while it runs.
type call struct {
	*Command
	desk  *desk.Desk
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
	running := &call{Command: c, desk: d, by: desk.CommandLine(), stdin: stdin, out: &gathered, interrupted: ctx.Done()}
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

var errOtherSecret = errors.New("the audit log is sealed with none of the master secrets that this program has; " +
	"with another secret than the running office, emails could not be read and the audit log would break; see: keys; if that secret is lost, add -anyway")

// checkSecret refuses to write with a master secret other than the running office's,
// because in a shell it is easy to set the wrong one.
func (c *call) checkSecret(ctx context.Context) error {
	if c.kind.anySecret || c.flags.on("anyway") {
		return nil
	}
	known, err := c.desk.KnowsSecretInUse(ctx)
	if err == nil && !known {
		err = errOtherSecret
	}
	return err
}

// fail says what went wrong, and what helps.
func (c *call) fail(err error) {
	fmt.Fprintf(c.stderr, "%s: %s\n", c.kind.name, oneLine(c.explain(err)))
	switch {
	case errors.Is(err, store.ErrReadOnly):
		fmt.Fprintln(c.stderr, "The database takes no writes at the moment. Repeat the command when it does.")
	case errors.Is(err, store.ErrUnavailable):
		fmt.Fprintln(c.stderr, "The database is not responding. Repeat the command when it is.")
	}
}

// explain puts an error into words that someone at a shell can act on.
func (c *call) explain(err error) string {
	limited, stale, notNow := (*desk.LimitedError)(nil), (*desk.StaleError)(nil), (*desk.NotNowError)(nil)
	text := err.Error()
	switch {
	case errors.As(err, &limited):
		text = "there were too many attempts"
		if !limited.RetryAt.IsZero() {
			text += "; wait until " + stamp(limited.RetryAt) + " UTC"
		}
	case errors.Is(err, desk.ErrLastSuperAdministrator):
		text = "this is the last active super-administrator; make someone else one first; see: invite, set-roles"
	case errors.Is(err, desk.ErrElsewhere):
		text = "this operator signs in with the community's password, which is changed there"
	case errors.As(err, &notNow):
	case errors.Is(err, desk.ErrChanged), errors.As(err, &stale):
		text = "someone changed the same thing in the meantime; check, and repeat what is still wanted"
	case errors.Is(err, desk.ErrNotFound) && c.kind.see != "":
		text += ifElse(strings.HasSuffix(text, "?"), " See: ", "; see: ") + c.kind.see
	}
	return text
}
