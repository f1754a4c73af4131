package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// EventKind is a backoffice.EventKind: a kind of audit entry that the host declares.
type EventKind struct {
	Code, Label, Group, Says, Meaning string
	// Private are keys of values that are not kept.
	Private []string
	// Settle finds out how an act ended that a crash cut off. If nil, that is not known.
	Settle func(context.Context, Act) (Found, error)
}

// Title is what happened, as a heading: without a full stop.
func (k EventKind) Title() messages.Text {
	return messages.Host(k.Label)
}

// Area is the heading above the kind.
func (k EventKind) Area() messages.Text {
	if k.Group == "" {
		return messages.New(hostGroup)
	}
	return messages.Host(k.Group)
}

// The most bytes of what a kind says of itself.
const (
	maxEventCode  = 60
	maxEventLabel = 100
	maxEventSays  = 200
	maxEventText  = 500
)

// officeArea begins the areas that the library may use in the future.
const officeArea = "office"

// ownEventAreas are the areas of the library's events.
var ownEventAreas = sync.OnceValue(func() map[string]bool {
	areas := map[string]bool{}
	for code := range Events {
		areas[store.Event{Code: code}.Area()] = true
	}
	return areas
})

// OwnArea reports whether events with this code, or area, are the library's alone.
func OwnArea(code string) bool { return ownEventAreas()[store.Event{Code: code}.Area()] }

// valueKey is what a key of Before and After looks like.
var valueKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)

// saysArguments are the arguments of the sentence of a kind, besides keys of its values.
var saysArguments = []string{"actor", "target", "reason"}

// CheckEventKinds returns every mistake in the host's kinds of events.
func CheckEventKinds(host []EventKind) error {
	var errs []error
	seen := map[string]bool{}
	for _, k := range host {
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("audit entry %.100q: %s", k.Code, fmt.Sprintf(format, args...)))
		}
		area := store.Event{Code: k.Code}.Area()
		switch {
		case !permissionKey.MatchString(k.Code) || len(k.Code) > maxEventCode:
			bad("the code must look like area.verb, in lower case, with at most %d bytes", maxEventCode)
		case ownEventAreas()[area], ownArea(area), strings.HasPrefix(area, officeArea):
			bad("the area %q is reserved for the office; use another word", area)
		case seen[k.Code]:
			bad("is declared twice")
		}
		seen[k.Code] = true
		if strings.TrimSpace(k.Label) == "" {
			bad("has no label")
		}
		for _, text := range []struct {
			name, text string
			most       int
		}{{"Label", k.Label, maxEventLabel}, {"Group", k.Group, maxEventLabel}, {"Says", k.Says, maxEventSays}, {"Meaning", k.Meaning, maxEventText}} {
			if err := line.Check(text.text, text.most); text.text != "" && err != nil {
				bad("%s %.100q %v", text.name, text.text, err)
			}
		}
		pieces, err := messages.ParsePieces(k.Says)
		if err != nil {
			bad("Says has %v", err)
		}
		for _, p := range pieces {
			if p.Arg != "" && !slices.Contains(saysArguments, p.Arg) && !valueKey.MatchString(p.Arg) {
				bad("Says: {%s} is neither {actor}, {target} nor {reason}, nor a key of Before and After", p.Arg)
			}
		}
		for _, key := range k.Private {
			if !valueKey.MatchString(key) {
				bad("Private: %.100q cannot be a key of Before and After", key)
			}
		}
	}
	return errors.Join(errs...)
}

// kindsOf are the host's kinds by their codes.
func kindsOf(host []EventKind) map[string]EventKind {
	all := make(map[string]EventKind, len(host))
	for _, k := range host {
		all[k.Code] = k
	}
	return all
}

// EventKind returns the host's kind of a code, and whether it is declared.
func (d *Desk) EventKind(code string) (EventKind, bool) {
	k, ok := d.kinds[code]
	return k, ok
}

// EventKinds returns the host's kinds, by their codes.
func (d *Desk) EventKinds() []EventKind {
	var all []EventKind
	for _, code := range slices.Sorted(maps.Keys(d.kinds)) {
		all = append(all, d.kinds[code])
	}
	return all
}

// DeclaresEvents reports whether the host has kinds of its own.
func (d *Desk) DeclaresEvents() bool { return len(d.kinds) > 0 }

// EventCodes returns the codes that events can have, sorted.
func (d *Desk) EventCodes() []string {
	codes := slices.Collect(maps.Keys(Events))
	codes = slices.AppendSeq(codes, maps.Keys(d.kinds))
	slices.Sort(codes)
	return codes
}

// EventMeaning is a sentence about the events of a code. It is empty for a code that is
// neither the library's nor declared, such as one of another version.
func (d *Desk) EventMeaning(code string) messages.Text {
	if Events[code] {
		return EventMeaning(code)
	}
	k := d.kinds[code]
	if k.Meaning != "" {
		return messages.Host(k.Meaning)
	}
	return messages.Host(k.Label)
}
