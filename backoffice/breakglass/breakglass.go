package breakglass

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
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
	kind    *kind
	subject string
	values  values
}

// values are those of the flags.
type values struct {
	name, reason string
	roles        list
	limit        int
}

// list is a flag that may be given more than once.
type list []string

func (l *list) String() string { return strings.Join(*l, ", ") }

func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
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
	c := &Command{kind: k, values: values{limit: defaultEvents}}
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
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v.\n\n", k.name, err)
		k.usage(stderr, flags)
		return nil, ExitUsage
	}
	return c, ExitOK
}

// parseAll lets flags stand before and after the operands.
func parseAll(flags *flag.FlagSet, args []string) (operands []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return operands, nil
		}
		operands = append(operands, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

// take checks the operands.
func (c *Command) take(operands []string) error {
	wanted := 0
	if c.kind.operand != "" {
		wanted = 1
	}
	switch {
	case len(operands) < wanted:
		return fmt.Errorf("%s is missing", c.kind.operand)
	case len(operands) > wanted:
		return fmt.Errorf("%q is one argument too many", operands[wanted])
	case wanted == 1 && strings.TrimSpace(operands[0]) == "":
		return fmt.Errorf("%s is empty", c.kind.operand)
	case c.values.limit < 1 || c.values.limit > maxEvents:
		return fmt.Errorf("-n must be between 1 and %d", maxEvents)
	}
	if wanted == 1 {
		c.subject = operands[0]
	}
	return nil
}

// Run does it, and returns ExitOK or ExitFailed.
func (c *Command) Run(ctx context.Context, office *backoffice.Office, stdout, stderr io.Writer) int {
	// Gathered first, so that a failure does not stand below half an answer.
	var out strings.Builder
	err := c.kind.run(ctx, office.CommandLine(), c, &out)
	if err == nil && c.kind.mails {
		deliver(ctx, office.CommandLine(), stderr)
	}
	if err == nil {
		_, err = io.WriteString(stdout, out.String())
	}
	if errors.Is(err, backoffice.ErrNotFound) {
		err = fmt.Errorf("there is no operator called %q; see: operators", c.subject)
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", c.kind.name, err)
		return ExitFailed
	}
	return ExitOK
}

// deliverWithin is how long a command waits for the mail server.
const deliverWithin = 30 * time.Second

// deliver sends what the command queued, because nothing says that the office
// is running. That it cannot be sent now is no failure: it stays queued.
func deliver(ctx context.Context, office *backoffice.CommandLine, stderr io.Writer) {
	ctx, cancel := context.WithTimeout(ctx, deliverWithin)
	defer cancel()
	if _, err := office.DeliverMail(ctx); err != nil {
		fmt.Fprintf(stderr, "The mail waits until the office is running: %v\n", err)
	}
}
