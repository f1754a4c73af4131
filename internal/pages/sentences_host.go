package pages

import (
	"cmp"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// hostSentence says an event of the host, as its kind says it. One whose kind does not say it, or
// is no longer declared, is said by what happened, to what, and who did it.
func (c *call) hostSentence(e store.Event) Sentence {
	kind, _ := c.Desk.EventKind(e.Code)
	pieces, in := []messages.Piece(nil), c.words()
	switch {
	case kind.Says != "" && in.Has(kind.Says):
		pieces = in.Pieces(kind.Says, 0) // as the host translates it
	case kind.Says != "":
		pieces, _ = messages.ParsePieces(kind.Says) // New has
	case e.TargetName+e.TargetID == "":
		pieces = in.Pieces("audit.declared.alone", 0)
	default:
		pieces = in.Pieces("audit.declared", 0)
	}
	var s Sentence
	for i, p := range pieces {
		if p.Arg == "" {
			s = append(s, Part{Text: p.Text})
		} else {
			s = append(s, c.hostArgument(e, p.Arg, i == 0)...)
		}
	}
	return s
}

// hostArgument returns what replaces the name of an argument in the sentence of an event of the
// host: a value has the name of its key.
func (c *call) hostArgument(e store.Event, name string, first bool) Sentence {
	data := func(text string) Sentence { return Sentence{{Text: cmp.Or(shortened(text), "…"), Name: true}} }
	switch name {
	case "what":
		return Sentence{{Text: c.eventTitle(e.Code)}}
	case "actor":
		return c.actorPart(e, first)
	case "target":
		if e.TargetKind == "operator" && e.TargetName != "" {
			return Sentence{c.targetPart(e, first)}
		}
		return data(cmp.Or(e.TargetName, e.TargetID))
	case "reason":
		return data(e.Reason)
	}
	before, after := desk.ActValues(e)
	return data(cmp.Or(after[name], before[name]))
}

// valueLabel is what a key of the values of the host is called: as the host translates it, or in
// words of its own.
func (c *call) valueLabel(key string) string {
	if c.words().Has(key) {
		return c.words().Text(key) // no key of ours is without a dot
	}
	return words(key)
}

// hostTitle is the heading of a kind of the host: its label without a full stop.
func (c *call) hostTitle(k desk.EventKind) string {
	return strings.TrimSuffix(c.say(k.Title()), ".")
}
