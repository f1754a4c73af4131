package pages

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// auditFields are the filters of the audit log, as its address and its export have them:
// person is an id, name or email address, and as "by" or "about" if only one is meant;
// kind is an event or an area; about is the id of something of the host; zone is the
// difference from UTC in minutes in which periods, and from and until, are meant.
var auditFields = []string{"person", "as", "kind", "period", "outcome", "about", "address", "session", "from", "until", "zone"}

// auditFilters are the filters as they were understood.
type auditFilters struct {
	// query selects the events, besides those by or about person if that is not empty.
	query  store.EventQuery
	person string
	zone   *time.Location
	now    time.Time
	// chosen are the filters in use by field, with a person by name.
	chosen url.Values
	// unknown is what was typed as a person if no one has that name, and alike are the
	// first names that contain it.
	unknown string
	alike   []string
}

// periodCustom is the period between two times that the reader chooses.
const periodCustom = "custom"

// periods are the periods to choose from, with their first day and the day after them. One
// is called by the message "audit.period." with its id.
var periods = []struct {
	id   string
	span func(today time.Time) (from, until time.Time)
}{
	{"today", days(0, 1)},
	{"yesterday", days(-1, 0)},
	{"7d", days(-6, 1)},
	{"30d", days(-29, 1)},
	{"last-month", lastMonth},
}

// days is a period by days from today.
func days(from, until int) func(time.Time) (time.Time, time.Time) {
	return func(today time.Time) (time.Time, time.Time) {
		return today.AddDate(0, 0, from), today.AddDate(0, 0, until)
	}
}

// lastMonth is the calendar month before this one.
func lastMonth(today time.Time) (from, until time.Time) {
	until = today.AddDate(0, 0, 1-today.Day())
	return until.AddDate(0, -1, 0), until
}

// periods offers the periods, the chosen one first found.
func (f auditFilters) periods(in *messages.Language) []view.Option {
	chosen := f.chosen.Get("period")
	list := []view.Option{{Value: "", Label: in.Text("audit.period.any")}}
	for _, p := range periods {
		list = append(list, view.Option{Value: p.id, Label: in.Text("audit.period." + p.id), Chosen: chosen == p.id})
	}
	return append(list, view.Option{Value: periodCustom, Label: in.Text("audit.period.custom"), Chosen: chosen == periodCustom})
}

// auditFilters reads the filters. A time that cannot be read is refused: ignoring it
// would show, and export, more than was asked for.
func (c *call) auditFilters(q url.Values) (f auditFilters, form view.Form, err error) {
	f = auditFilters{now: c.Desk.Now(), zone: time.UTC, chosen: chosen(q, auditFields...)}
	if minutes, err := strconv.Atoi(q.Get("zone")); err == nil && minutes != 0 && max(minutes, -minutes) <= 14*60 {
		f.zone = time.FixedZone("", minutes*60)
	} else {
		f.chosen.Del("zone")
	}
	f.query = store.EventQuery{Outcome: q.Get("outcome"), TargetID: strings.TrimSpace(q.Get("about")), IP: strings.TrimSpace(q.Get("address")), SessionID: strings.TrimSpace(q.Get("session"))}
	if kind := q.Get("kind"); strings.Contains(kind, ".") {
		f.query.Code = kind
	} else {
		f.query.Area = kind
	}
	if form = f.readPeriod(q, c.words()); form.Failed() {
		return f, form, nil
	}
	id, name, err := c.Desk.AuditSubject(c.ctx(), c.actor(), c.actorCalled(q.Get("person")))
	if err != nil {
		return f, form, err
	}
	if name == "" && id != "" && !desk.NotOperator(id) {
		if id, name, err = c.namedLike(id, &f); err != nil {
			return f, form, err
		}
	}
	if name != "" {
		f.chosen.Set("person", name)
	}
	switch {
	case id == "":
		f.chosen.Del("as")
	case q.Get("as") == "by":
		f.query.ActorID = id
	case q.Get("as") == "about" && f.query.TargetID == "":
		f.query.TargetID = id
	default:
		f.person = id
	}
	return f, form, nil
}

// namedLike finds the only operator whose name or email address contains what was typed,
// for readers who may search operators. Otherwise it returns who unchanged and no name.
func (c *call) namedLike(who string, f *auditFilters) (id, name string, err error) {
	f.unknown = who
	if !c.identity.Can(desk.PermissionOperatorsView) {
		return who, "", nil
	}
	found, err := c.Desk.Operators(c.ctx(), c.actor(), store.OperatorQuery{Search: who, Limit: alikeShown})
	if err != nil {
		return "", "", err
	}
	if len(found.Rows) == 1 && found.Next == nil {
		return found.Rows[0].ID, found.Rows[0].Name, nil
	}
	for _, o := range found.Rows {
		f.alike = append(f.alike, o.Name)
	}
	return who, "", nil
}

// alikeShown is how many names are offered in place of a part of them.
const alikeShown = 10

// actorCalled lets people name the actors who are not operators as sentences do.
func (c *call) actorCalled(who string) string {
	for key, actor := range map[string]string{
		"event.office": desk.ActorSystem, "event.office.inside": desk.ActorSystem,
		"event.command_line": desk.ActorCommandLine, "event.command_line.inside": desk.ActorCommandLine,
	} {
		if strings.EqualFold(strings.TrimSpace(who), c.t(key)) {
			return actor
		}
	}
	return who
}

// readPeriod reads the bounds of time.
func (f *auditFilters) readPeriod(q url.Values, in *messages.Language) (form view.Form) {
	for _, p := range periods {
		if p.id == q.Get("period") {
			f.query.From, f.query.Until = p.span(midnight(f.now.In(f.zone)))
			f.chosen.Del("from")
			f.chosen.Del("until")
			return form
		}
	}
	at := func(name string) time.Time {
		text := q.Get(name)
		for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02"} {
			if t, err := time.ParseInLocation(layout, text, f.zone); err == nil {
				return t
			}
		}
		if text != "" {
			form = form.Refuse(name, in.Text("audit.filter.from.wrong"))
		}
		return time.Time{}
	}
	f.query.From, f.query.Until = at("from"), at("until")
	if !f.query.Until.IsZero() && f.query.Until.Before(f.query.From) {
		form = form.Refuse("until", in.Text("audit.filter.until.before"))
	}
	f.chosen.Del("period")
	if q.Get("period") == periodCustom || q.Get("from")+q.Get("until") != "" {
		f.chosen.Set("period", periodCustom)
	}
	return form
}

// outcomeOptions offers the outcomes. Those of acts of the host are there if it has any.
func (c *call) outcomeOptions(chosen string) []view.Option {
	all := []string{desk.Success, desk.Failure, desk.Refused}
	if c.Desk.DeclaresEvents() {
		all = append(all, desk.Unsettled, desk.Begun)
	}
	list := []view.Option{{Label: c.t("audit.filter.any"), Chosen: chosen == ""}}
	for _, outcome := range all {
		list = append(list, view.Option{Value: outcome, Label: c.t("audit.outcome." + outcome), Chosen: outcome == chosen})
	}
	return list
}

// zoneName is what the reader's zone is called: "UTC+2"; empty in UTC.
func (f auditFilters) zoneName() string {
	_, offset := f.now.In(f.zone).Zone()
	if offset == 0 {
		return ""
	}
	sign := "+"
	if offset < 0 {
		sign, offset = "−", -offset
	}
	if minutes := offset / 60 % 60; minutes != 0 {
		return fmt.Sprintf("UTC%s%d:%02d", sign, offset/3600, minutes)
	}
	return fmt.Sprintf("UTC%s%d", sign, offset/3600)
}

// kindGroups are the kinds of events by area, sorted by the names of the areas.
func (c *call) kindGroups(chosen string) []KindGroup {
	var groups []KindGroup
	for _, area := range c.eventAreas() {
		group := KindGroup{Title: area.Title}
		for _, of := range area.areas() {
			title := area.Title
			if len(area.areas()) > 1 {
				title += " (" + of + ")"
			}
			group.Events = append(group.Events, view.Option{Value: of, Label: c.t("audit.filter.kind.everything", "area", title), Chosen: of == chosen})
		}
		for _, e := range area.Events {
			group.Events = append(group.Events, view.Option{Value: e.Code, Label: c.eventTitle(e.Code), Chosen: e.Code == chosen})
		}
		groups = append(groups, group)
	}
	slices.SortFunc(groups, func(a, b KindGroup) int { return c.words().Compare(a.Title, b.Title) })
	return groups
}
