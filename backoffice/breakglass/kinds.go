package breakglass

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/postern-go/postern/backoffice"
)

// defaultRole is what invite gives when no role is named: the least of the
// built-in ones, so that a forgotten flag hands out little.
const defaultRole = backoffice.Moderator

// defaultReason is what the audit keeps when no reason is given.
const defaultReason = "asked for on the command line"

const (
	defaultEvents = 20
	maxEvents     = 500
)

// kind is one of the commands.
type kind struct {
	name, operand string
	// summary is a line for the list, text says the rest.
	summary, text string
	flags         func(*flag.FlagSet, *values)
	// mails says that there may be mails to send afterwards.
	mails bool
	run   func(context.Context, *backoffice.CommandLine, *Command, io.Writer) error
}

// kinds are all commands, in the order in which help lists them.
func kinds() []*kind {
	return []*kind{
		{
			name: "alias", summary: "print the office's address", run: alias,
			text: "The address is a secret: whoever knows it can try to sign in.",
		},
		{
			name: "alias rotate", summary: "give the office a new random address", run: rotate, mails: true,
			text: "The old address is dead at once, bookmarks included. Whoever is signed in stays\nso, and goes on at the new one. Every operator is told by mail.",
		},
		{
			name: "operators", summary: "list who may sign in", run: operators,
			text: "One line for each operator, by name.",
		},
		{
			name: "invite", operand: "EMAIL", summary: "let somebody in, and print their one-time link", run: invite, mails: true,
			text: "The link is mailed, too. It is for this person alone: they choose their own\npassword with it. Built-in roles: " + backoffice.SuperAdministrator + ", " + backoffice.Administrator + ",\n" +
				backoffice.CommunityManager + ", " + backoffice.Moderator + ". Without -role it is " + defaultRole + ", the least of them.",
			flags: func(f *flag.FlagSet, v *values) {
				f.StringVar(&v.name, "name", "", "what to call them (default: EMAIL up to the \"@\")")
				f.Var(&v.roles, "role", "role `ID`; give it again for more, the first is the primary one")
			},
		},
		{
			name: "reset-two-factor", operand: "EMAIL", summary: "remove the authenticators of a lost phone", run: resetTwoFactor, mails: true,
			text: "Recovery codes go, too, and every session ends. At the next sign-in the\npassword leads to a new QR code. Be sure who is asking.",
			flags: func(f *flag.FlagSet, v *values) {
				f.StringVar(&v.reason, "reason", defaultReason, "`why`, for the audit")
			},
		},
		{
			name: "unlock", operand: "EMAIL", summary: "clear the failures that keep somebody out", run: unlock,
			text: "The password stays as it is.",
		},
		{
			name: "audit", summary: "list the newest events", run: audit,
			text: "The newest come first. Times are UTC.",
			flags: func(f *flag.FlagSet, v *values) {
				f.IntVar(&v.limit, "n", defaultEvents, fmt.Sprintf("how `many`, at most %d", maxEvents))
			},
		},
	}
}

// find returns the command that args begin with, the one with most words, and
// the arguments after its name.
func find(args []string) (found *kind, rest []string) {
	words := 0
	for _, k := range kinds() {
		name := strings.Fields(k.name)
		if len(name) > words && len(args) >= len(name) && strings.Join(args[:len(name)], " ") == k.name {
			found, words = k, len(name)
		}
	}
	return found, args[words:]
}

func (k *kind) signature() string {
	return strings.TrimSpace(k.name + " " + k.operand)
}

func (k *kind) usage(w io.Writer, flags *flag.FlagSet) {
	head := k.signature()
	if k.flags != nil {
		head += " [flags]"
	}
	fmt.Fprintf(w, "Usage: %s\n\nTo %s. %s\n", head, k.summary, k.text)
	if k.flags != nil {
		fmt.Fprint(w, "\nFlags:\n")
		flags.SetOutput(w)
		flags.PrintDefaults()
	}
}

func usage(w io.Writer) {
	fmt.Fprint(w, "Commands for when nobody can sign in:\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, k := range kinds() {
		fmt.Fprintf(t, "  %s\t%s\n", k.signature(), k.summary)
	}
	t.Flush()
	fmt.Fprint(w, "\n\"COMMAND -help\" says more about one. EMAIL may also be an operator's name.\n")
}
