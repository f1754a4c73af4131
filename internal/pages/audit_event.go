package pages

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// AuditEventPage is everything about one entry.
type AuditEventPage struct {
	EventRow
	// Title is what happened, Lede the sentence about it with its full stop, and Reason
	// why it was refused or failed.
	Title  string
	Lede   Sentence
	Reason string
	// Found is what was found out about an act whose outcome is not known; otherwise empty.
	Found string
	// Record is the entry as exports have it.
	Record desk.AuditRecord
	// Meaning is what the event means, Device the browser in words.
	Meaning, Device string
	// ActorPath and TargetPath lead to operators who still exist.
	ActorPath, TargetPath string
	Changes               []Change
	Details               []Detail
	// Newer and Older are the neighbours; empty if there are none.
	Newer, Older string
}

// Change is a value before and after; either may be empty. Name is the name of a
// parameter, or empty.
type Change struct{ Label, Name, Before, After string }

// Detail is a further value that the entry has.
type Detail struct{ Label, Value string }

func (AuditEventPage) Template() string { return "audit_event" }

func (p AuditEventPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.audit"), Path: "/audit"}, {Label: p.Title}}
}

func (c *call) getAuditEvent() error {
	seq, err := strconv.ParseInt(c.id(), 10, 64)
	if err != nil || seq < 1 {
		return desk.ErrNotFound
	}
	e, err := c.Desk.AuditEvent(c.ctx(), c.actor(), seq)
	if err != nil {
		return err
	}
	p := AuditEventPage{
		EventRow: c.eventRow(e), Title: c.eventTitle(e.Code), Reason: c.say(desk.Why(e.Reason)), Record: desk.NewAuditRecord(e), Device: letters.Device(c.words(), e.UserAgent),
		Newer: c.existingEvent(seq + 1), Older: c.existingEvent(seq - 1),
	}
	if e.Outcome == desk.Unsettled {
		p.Found = c.titled("audit.found."+e.Detail[desk.DetailFound], "")
	}
	p.Meaning = c.say(c.Desk.EventMeaning(e.Code))
	for _, said := range c.words().Pieces("audit.entry.says", 0) {
		if said.Arg != "" {
			p.Lede = append(p.Lede, p.Sentence...)
		} else {
			p.Lede = append(p.Lede, Part{Text: said.Text})
		}
	}
	if c.identity.Can(desk.PermissionOperatorsView) {
		p.ActorPath = c.existingOperator(e.ActorID)
		if e.TargetKind == "operator" {
			p.TargetPath = c.existingOperator(e.TargetID)
		}
	}
	p.Changes, p.Details = c.changes(e)
	return c.show(http.StatusOK, p)
}

// changes are the details of an entry: what changed, as people read it, and the rest.
func (c *call) changes(e store.Event) (changes []Change, rest []Detail) {
	if !desk.Events[e.Code] {
		return c.hostChanges(e)
	}
	readable := func(value string) string { return value }
	if e.Code == "operator.roles_changed" || e.Code == "operator.roles_followed" {
		readable = func(ids string) string { return c.rolesPart(strings.Fields(ids)).Text() }
	}
	if e.Code == "operator.language_changed" {
		readable = func(tag string) string {
			if tag == "" {
				return c.t("audit.changes.automatic")
			}
			return c.Desk.LanguageName(tag)
		}
	}
	if before, after := e.Detail["before"], e.Detail["after"]; before+after != "" {
		changes = append(changes, Change{Label: c.t("audit.changes.change"), Before: readable(before), After: readable(after)})
	}
	for _, name := range slices.Sorted(maps.Keys(e.Detail)) {
		value := e.Detail[name]
		if from, to, ok := strings.Cut(value, " → "); ok {
			changes = append(changes, Change{Label: c.parameterLabel(name), Name: name, Before: c.parameterValue(name, from), After: c.parameterValue(name, to)})
		} else if name != "before" && name != "after" {
			if name == "label" {
				value = c.say(desk.Authenticator{Label: value}.Title())
			}
			rest = append(rest, Detail{Label: c.titled("audit.detail."+name, name), Value: value})
		}
	}
	return changes, rest
}

// hostChanges is changes of an entry of the host.
func (c *call) hostChanges(e store.Event) (changes []Change, rest []Detail) {
	before, after := desk.ActValues(e)
	private := strings.Fields(e.Detail[desk.DetailPrivate])
	keys := slices.Concat(slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(after)), private)
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		change := Change{Label: c.valueLabel(key), Name: key, Before: before[key], After: after[key]}
		if slices.Contains(private, key) {
			change.Before, change.After = c.t("audit.changes.private"), c.t("audit.changes.private")
		}
		changes = append(changes, change)
	}
	if id := e.Detail[desk.DetailAct]; id != "" {
		rest = append(rest, Detail{Label: c.t("audit.detail.act_id"), Value: id})
	}
	return changes, rest
}

// existingEvent is the page of an entry, or empty if it does not exist or was
// purged.
func (c *call) existingEvent(seq int64) string {
	if _, err := c.Desk.AuditEvent(c.ctx(), c.actor(), seq); err != nil {
		return ""
	}
	return eventPath(seq)
}

// existingOperator is the page of an operator, or empty if they were deleted.
func (c *call) existingOperator(id string) string {
	if id == "" || desk.NotOperator(id) {
		return ""
	}
	if _, err := c.Desk.FindOperator(c.ctx(), c.actor(), id); err != nil {
		return ""
	}
	return operatorPath(id)
}
