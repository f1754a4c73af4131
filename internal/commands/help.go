package commands

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/messages"
)

// kind is one of the commands.
type kind struct {
	// name is one word or two, operands what follows it: "EMAIL ROLE...".
	name, operands string
	// summary is a line for the list, and text is the rest.
	summary, text messages.Text
	example       string
	flags         []option
	// see is the command that helps if something is not found.
	see string
	// mails says that there may be emails to send afterwards.
	mails bool
	// streams says that the answer is too long to be gathered first.
	streams bool
	// anySecret reports that the command may run with a master secret other than the
	// office's: it only reads, or is meant for when that secret is lost.
	anySecret bool
	run       run
}

// run is what a command does.
type run func(context.Context, *call) error

// groups are the headings of the list, in its order.
var groups = []struct {
	title string
	kinds []*kind
}{
	{"commands.group.alias", aliasKinds},
	{"commands.group.operators", operatorKinds},
	{"commands.group.access", slices.Concat(accessKinds, approvalKinds)},
	{"commands.group.roles", slices.Concat(roleKinds, parameterKinds)},
	{"commands.group.mail", mailKinds},
	{"commands.group.audit", auditKinds},
	{"commands.group.keys", keyKinds},
	{"move.group", moveKinds},
	{"commands.group.messages", messageKinds},
	{"commands.group.templates", templateKinds},
}

// kinds are all commands, in the order in which help lists them.
func kinds() (all []*kind) {
	for _, g := range groups {
		all = append(all, g.kinds...)
	}
	return all
}

// find returns the command that args begin with, the one with most words, and
// the arguments after its name.
func find(args []string) (found *kind, rest []string) {
	words := 0
	for _, k := range kinds() {
		name := strings.Fields(k.name)
		if len(name) > words && len(args) >= len(name) && slices.Equal(args[:len(name)], name) {
			found, words = k, len(name)
		}
	}
	return found, args[words:]
}

func (k *kind) signature() string { return strings.TrimSpace(k.name + " " + k.operands) }

// usage says how a command is used.
func (k *kind) usage(w io.Writer, flags *flagSet) {
	in := flags.words
	form := k.signature()
	if len(k.flags) > 0 {
		form += " " + in.Text("commands.help.flags_follow")
	}
	fmt.Fprintf(w, "%s\n\n%s\n\n%s\n\n%s\n  %s\n", in.Text("commands.help.usage", "command", form),
		in.Say(k.summary), wrap(in.Say(k.text)), in.Text("commands.help.example"), k.example)
	if len(k.flags) > 0 {
		fmt.Fprintf(w, "\n%s\n", in.Text("commands.help.flags"))
		flags.describe(w)
	}
	// The others that begin with the same word.
	var more []string
	for _, other := range kinds() {
		if other != k && strings.Fields(other.name)[0] == strings.Fields(k.name)[0] {
			more = append(more, other.name)
		}
	}
	if len(more) > 0 {
		fmt.Fprintf(w, "\n%s\n", in.Text("commands.help.see_also", "commands", strings.Join(more, ", ")))
	}
}

// usage lists the commands.
func usage(w io.Writer, in *messages.Language) {
	wide := 0
	for _, k := range kinds() {
		wide = max(wide, len(k.signature()))
	}
	fmt.Fprintln(w, in.Text("commands.help.title"))
	for _, g := range groups {
		fmt.Fprintf(w, "\n%s\n", in.Text(g.title))
		for _, k := range g.kinds {
			fmt.Fprintf(w, "  %-*s   %s\n", wide, k.signature(), in.Say(k.summary))
		}
	}
	fmt.Fprintf(w, "\n%s\n", wrap(in.Text("commands.help.more")))
}

// lineLength is where help breaks its lines, in columns.
const lineLength = 78

// wrap breaks a text into lines.
func wrap(text string) string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		if *last != "" && width(*last)+1+width(word) > lineLength {
			lines = append(lines, word)
		} else {
			*last = strings.TrimSpace(*last + " " + word)
		}
	}
	return strings.Join(lines, "\n")
}
