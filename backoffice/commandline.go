package backoffice

import (
	"context"
	"io"
	"io/fs"
	"os"

	"github.com/postern-go/postern/internal/commands"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/mail"
)

// Command is one of the office's commands, ready to run. Make it with
// [ParseCommand].
type Command struct {
	// Stdin is where "delete" is confirmed, if it is a terminal. ParseCommand sets
	// it to os.Stdin.
	Stdin io.Reader

	parsed *commands.Command
}

// ParseCommand reads args, such as "unlock", "ada@example.com", as a command of
// the office, for when no one can sign in. It opens nothing, so a program can
// refuse a mistake before it opens a database:
//
//	if args := os.Args[1:]; len(args) > 0 {
//		cmd, code := backoffice.ParseCommand(args, os.Stdout, os.Stderr)
//		if cmd == nil {
//			os.Exit(code)
//		}
//		office := open() // as before serving; Office.Run is not needed
//		os.Exit(cmd.Run(ctx, office))
//	}
//
// If cmd is nil there is nothing to run, and code is what the program exits with:
// 0 if args ask for help, which is on stdout, or 2 if they make no sense; then
// stderr says why, and how the command is used. "help" lists the commands, and
// "COMMAND -help" explains one.
//
// Commands speak the language that LC_ALL, LC_MESSAGES or LANG names, or else English;
// their JSON is the same in every language. Until the office is open, which is when
// [Command.Run] begins, that is one of the library's languages, and then also one of
// [Config.Messages].
func ParseCommand(args []string, stdout, stderr io.Writer) (cmd *Command, code int) {
	parsed, code := commands.Parse(args, stdout, stderr)
	if parsed == nil {
		return nil, code
	}
	parsed.Templates = map[string]fs.FS{"pages": OriginalPages(), "mails": mail.OriginalTemplates()}
	return &Command{os.Stdin, parsed}, code
}

// Run runs the command and returns what the program exits with: 0 if it was done,
// with the answer on the stdout given to [ParseCommand], or 1 if it failed, with
// the reason on stderr. It checks no permissions, because anyone with the database
// and the master secret has the office; the audit log names "command-line".
//
// The answer may be a secret: the office's URL, or a one-time link. Do not log it.
func (c *Command) Run(ctx context.Context, office *Office) (code int) {
	c.parsed.Movable = office.observer.movable
	return c.parsed.Run(ctx, office.desk, c.Stdin)
}

// CommandLine returns the services for programs in which no one is signed in. They
// check no permissions, and the audit log names "command-line". Do not put them
// behind a page.
func (o *Office) CommandLine() *Services {
	return &Services{o.desk, func(context.Context) (acting, error) {
		return acting{actor: desk.CommandLine()}, nil
	}}
}

// DeliverMail sends the emails that are due, and returns how many it tried to
// send. [Office.Run] does so on its own: this is for programs that end before it
// would, and for tests.
func (o *Office) DeliverMail(ctx context.Context) (int, error) { return o.desk.Deliver(ctx) }
