package commands

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// kind is one of the commands.
type kind struct {
	// name is one word or two, operands what follows it: "EMAIL ROLE...".
	name, operands string
	// summary is a line for the list, text says the rest, example is one.
	summary, text, example string
	flags                  []option
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
	{"Alias", aliasKinds},
	{"Operators", operatorKinds},
	{"Access", accessKinds},
	{"Roles and parameters", slices.Concat(roleKinds, parameterKinds)},
	{"Emails", mailKinds},
	{"Audit log", auditKinds},
	{"Master secret", keyKinds},
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
	fmt.Fprintf(w, "Usage: %s%s\n\n%s\n\nExample:\n  %s\n", k.signature(), ifElse(len(k.flags) > 0, " [flags]", ""),
		wrap("To "+k.summary+". "+k.text), k.example)
	if len(k.flags) > 0 {
		fmt.Fprint(w, "\nFlags:\n")
		flags.SetOutput(w)
		flags.PrintDefaults()
	}
	// The others that begin with the same word.
	var more []string
	for _, other := range kinds() {
		if other != k && strings.Fields(other.name)[0] == strings.Fields(k.name)[0] {
			more = append(more, other.name)
		}
	}
	if len(more) > 0 {
		fmt.Fprintf(w, "\nSee also: %s\n", strings.Join(more, ", "))
	}
}

// usage lists the commands.
func usage(w io.Writer) {
	width := 0
	for _, k := range kinds() {
		width = max(width, len(k.signature()))
	}
	fmt.Fprint(w, "Commands for when no one can sign in:\n")
	for _, g := range groups {
		fmt.Fprintf(w, "\n%s\n", g.title)
		for _, k := range g.kinds {
			fmt.Fprintf(w, "  %-*s   %s\n", width, k.signature(), k.summary)
		}
	}
	fmt.Fprintf(w, "\n%s\n", wrap("\"COMMAND -help\" says more about one, with an example. EMAIL may also be an operator's name, ROLE a role's ID or name. A command that writes needs the master secret that the audit log is sealed with; -anyway runs it with another one."))
}

// lineLength is where help breaks its lines, in bytes.
const lineLength = 78

// wrap breaks a text into lines.
func wrap(text string) string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		if *last != "" && len(*last)+1+len(word) > lineLength {
			lines = append(lines, word)
		} else {
			*last = strings.TrimSpace(*last + " " + word)
		}
	}
	return strings.Join(lines, "\n")
}
