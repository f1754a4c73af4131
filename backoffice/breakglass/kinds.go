package breakglass

import (
	"context"
	"flag"
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
	flags                  func(*flag.FlagSet, *values)
	// see is the command that helps where something is not found.
	see string
	// mails says that there may be mails to send afterwards.
	mails bool
	// streams says that the answer is too long to be gathered first.
	streams bool
	run     func(context.Context, *call) error
}

// groups are the headings of the list, in its order. A verb by itself acts on a
// person, a noun by itself lists.
var groups = []struct {
	title string
	kinds []*kind
}{
	{"The address", addressKinds},
	{"Who may sign in", listKinds},
	{"Help somebody in, or keep them out", personKinds},
	{"Roles and parameters", ruleKinds},
	{"Mail", mailKinds},
	{"The audit", auditKinds},
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

func (k *kind) signature() string {
	return strings.TrimSpace(k.name + " " + k.operands)
}

// usage says how a command is used.
func (k *kind) usage(w io.Writer, flags *flag.FlagSet) {
	head := k.signature()
	if k.flags != nil {
		head += " [flags]"
	}
	fmt.Fprintf(w, "Usage: %s\n\n%s\n\nExample:\n  %s\n", head, wrap("To "+k.summary+". "+k.text), k.example)
	if k.flags != nil {
		fmt.Fprint(w, "\nFlags:\n")
		flags.SetOutput(w)
		flags.PrintDefaults()
	}
	if more := k.siblings(); len(more) > 0 {
		fmt.Fprintf(w, "\nSee also: %s\n", strings.Join(more, ", "))
	}
}

// siblings are the other commands with the same first word.
func (k *kind) siblings() (names []string) {
	first := strings.Fields(k.name)[0]
	for _, other := range kinds() {
		if other != k && strings.Fields(other.name)[0] == first {
			names = append(names, other.name)
		}
	}
	return names
}

// usage lists the commands.
func usage(w io.Writer) {
	width := 0
	for _, k := range kinds() {
		width = max(width, len(k.signature()))
	}
	fmt.Fprint(w, "Commands for when nobody can sign in:\n")
	for _, g := range groups {
		fmt.Fprintf(w, "\n%s\n", g.title)
		for _, k := range g.kinds {
			fmt.Fprintf(w, "  %-*s   %s\n", width, k.signature(), k.summary)
		}
	}
	fmt.Fprintf(w, "\n%s\n", wrap("\"COMMAND -help\" says more about one, with an example. EMAIL may also be an operator's name, ROLE a role's id or name."))
}

// lineLength is where help breaks its lines, in bytes.
const lineLength = 78

// wrap breaks a text into lines.
func wrap(text string) string {
	var b strings.Builder
	at := 0
	for _, word := range strings.Fields(text) {
		switch {
		case at == 0:
		case at+1+len(word) > lineLength:
			b.WriteByte('\n')
			at = 0
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += len(word)
	}
	return b.String()
}
