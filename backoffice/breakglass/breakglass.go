package breakglass

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice"
)

// What Run and Command.Run return, for os.Exit.
const (
	ExitOK     = 0 // done
	ExitFailed = 1 // it failed, or its answer could not be written; stderr says which
	ExitUsage  = 2 // the arguments make no sense; stderr says what would
)

// Run does what args, such as "invite", "ada@example.com", say. What was asked
// for goes to stdout, what went wrong to stderr. Only the arguments decide
// whether it returns ExitUsage, and the office is not looked at before.
func Run(ctx context.Context, office *backoffice.Office, args []string, stdout, stderr io.Writer) int {
	command, status := Parse(args, stdout, stderr)
	if command == nil {
		return status
	}
	return command.Run(ctx, office, stdout, stderr)
}

// Command is one invocation, ready to run. Make it with Parse.
type Command struct {
	// Input is where a question is answered, if it is a terminal. Default:
	// os.Stdin.
	Input io.Reader

	kind     *kind
	operands []string
	values   values
}

// Parse reads the arguments, so that a program can refuse a slip before it
// opens a database. When there is nothing to run it has said why, and the
// command is nil: the status is then ExitUsage, or ExitOK after a request for
// help.
func Parse(args []string, stdout, stderr io.Writer) (command *Command, status int) {
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
		fmt.Fprintf(stderr, "There is no command %q.\n\n", args[0])
		usage(stderr)
		return nil, ExitUsage
	}
	c := &Command{Input: os.Stdin, kind: k}
	flags := flag.NewFlagSet(k.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	if k.flags != nil {
		k.flags(flags, &c.values)
	}
	operands, err := parseAll(flags, rest)
	if errors.Is(err, flag.ErrHelp) {
		k.usage(stdout, flags)
		return nil, ExitOK
	}
	if err == nil {
		err = c.take(operands)
	}
	if err == nil {
		err = c.values.check()
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v.\n\n", k.name, err)
		k.usage(stderr, flags)
		return nil, ExitUsage
	}
	return c, ExitOK
}

// parseAll lets flags stand before and after the operands; "--" ends them.
func parseAll(flags *flag.FlagSet, args []string) (operands []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		rest := flags.Args()
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
// is one and at least one, "[TEXT]" may be left out.
func (c *Command) take(operands []string) error {
	left := operands
	for _, name := range strings.Fields(c.kind.operands) {
		switch {
		case len(left) == 0 && strings.HasPrefix(name, "["):
			continue
		case len(left) == 0:
			return fmt.Errorf("%s is missing", strings.TrimSuffix(name, "..."))
		case strings.HasSuffix(name, "..."):
			left = nil
		default:
			left = left[1:]
		}
	}
	if len(left) > 0 {
		hint := ""
		if strings.HasSuffix(c.kind.operands, "TEXT]") || strings.HasSuffix(c.kind.operands, "VALUE") {
			hint = "; put quotes around several words"
		}
		return fmt.Errorf("%q is one argument too many%s", left[0], hint)
	}
	for i, operand := range operands {
		// A parameter may be empty, and so may nothing else.
		if strings.TrimSpace(operand) == "" && !(i == 1 && c.kind.operands == "NAME VALUE") {
			return fmt.Errorf("%s is empty", c.operandName(i))
		}
	}
	c.operands = operands
	return nil
}

func (c *Command) operandName(i int) string {
	names := strings.Fields(c.kind.operands)
	return strings.Trim(names[min(i, len(names)-1)], "[].")
}

// call is a command while it runs.
type call struct {
	*Command
	office *backoffice.CommandLine
	out    io.Writer
	stderr io.Writer
}

// arg is an operand, or nothing where it was left out.
func (c *call) arg(i int) string {
	if i < len(c.operands) {
		return c.operands[i]
	}
	return ""
}

// Run does it, and returns ExitOK or ExitFailed.
func (c *Command) Run(ctx context.Context, office *backoffice.Office, stdout, stderr io.Writer) int {
	// Gathered first, so that a failure does not stand below half an answer.
	var gathered strings.Builder
	running := &call{Command: c, office: office.CommandLine(), out: &gathered, stderr: stderr}
	if c.kind.streams {
		running.out = stdout
	}
	began := running.office.Now()
	err := c.kind.run(ctx, running)
	if err == nil {
		// Before the mails: a one-time link must not be lost to a mail server
		// that keeps one waiting.
		_, err = io.WriteString(stdout, gathered.String())
		if c.kind.mails {
			running.deliver(ctx, began)
		}
	}
	if err != nil {
		running.fail(ctx, err)
		return ExitFailed
	}
	return ExitOK
}

// fail says what went wrong, and what helps.
func (c *call) fail(ctx context.Context, err error) {
	fmt.Fprintf(c.stderr, "%s: %s\n", c.kind.name, oneLine(c.explain(err)))
	probe, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWithin)
	defer cancel()
	if c.office.CheckStore(probe) != nil {
		fmt.Fprintln(c.stderr, "The database does not answer. Repeat the command when it does.")
	}
}

// storeWithin is how long a command waits to learn whether the store answers.
const storeWithin = 5 * time.Second
