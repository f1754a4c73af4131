package pages

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// OperatorsNewPage invites several people at once.
type OperatorsNewPage struct {
	view.Form
	// People is what was typed, Wrong those in it who need a correction.
	People string
	Wrong  []desk.Invitee
	RoleTicks
	// Languages are those of the email to choose from; none if the office has one.
	Languages []view.Option
	// Ends is the last day that was typed.
	Ends string
	// Most is how many people it takes, Life how long an invitation works.
	Most int
	Life time.Duration
}

func (OperatorsNewPage) Template() string { return "operators_new" }

func (OperatorsNewPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.operators"), Path: "/operators"}, {Label: in.Text("operators.new"), Path: "/operators/new"}, {Label: in.Text("operators.several")}}
}

// getOperatorsNew shows the form that invites several people.
func (c *call) getOperatorsNew() error {
	return c.showOperatorsNew(http.StatusOK, view.Form{}, nil)
}

// showOperatorsNew shows the form again as it was typed, with the mistakes in it.
func (c *call) showOperatorsNew(status int, form view.Form, list []desk.Invitee) error {
	roles, err := c.roleTicks(c.form["role"])
	if err != nil {
		return err
	}
	p := OperatorsNewPage{Form: form, People: c.form.Get("people"), RoleTicks: roles, Most: desk.MostAtOnce, Life: c.state.Settings.InviteLife, Languages: c.invitedIn(c.form.Get("language")), Ends: c.form.Get("ends")}
	for _, i := range list {
		if !i.Problem.IsZero() {
			p.Wrong = append(p.Wrong, i)
		}
	}
	return c.show(status, p)
}

// OperatorsInvitedPage says what becomes of several people, before and after.
type OperatorsInvitedPage struct {
	People []desk.Invitee
	Roles  []messages.Text
	// LastDay is the last day of their accounts, zero if they do not end; Ends says when.
	LastDay time.Time
	Ends    messages.Text
	// Sent is how many are invited, or will be; Left how many are left out.
	Sent, Left int
	// Fields are those of the form that invites them, or, once that is done, that
	// looks at the rest again; empty if there is no rest. Back are those of the form that
	// goes back.
	Fields, Back []Hidden
	// Done reports that the invitations are sent.
	Done bool
}

func (OperatorsInvitedPage) Template() string { return "operators_invited" }

func (p OperatorsInvitedPage) crumbs(in *messages.Language) []view.Crumb {
	return OperatorsNewPage{}.crumbs(in)
}

// postOperatorsNew invites several people, after showing what becomes of each.
func (c *call) postOperatorsNew() error {
	list, f := desk.ParseInvitees(c.form.Get("people")), desk.InviteForm{Roles: c.form["role"], Language: c.form.Get("language"), Ends: c.form.Get("ends")}
	if c.confirmed() && c.seen(list) {
		list, stopped, err := c.Desk.InviteSeveral(c.ctx(), c.actor(), c.visit, list, f)
		if form, ok := c.refusal(err); ok {
			return c.showOperatorsNew(http.StatusUnprocessableEntity, form, nil)
		}
		if err != nil {
			return err
		}
		c.stopped(stopped)
		return c.showDone(c.operatorsInvited(list, true))
	}
	list, err := c.Desk.PreviewInvitations(c.ctx(), c.actor(), list, f)
	if form, ok := c.refusal(err); ok {
		return c.showOperatorsNew(http.StatusUnprocessableEntity, form, list)
	}
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, c.operatorsInvited(list, false))
}

// seen reads which invitations were open when what becomes of each was shown, and reports
// whether that was about these people.
func (c *call) seen(list []desk.Invitee) bool {
	seen := versions(c.form.Get("seen"))
	if len(seen) != len(list) || len(list) > desk.MostAtOnce {
		return false
	}
	for i := range list {
		list[i].Seen = seen[i]
	}
	return true
}

// versions reads numbers separated by spaces. Anything else becomes -1, which is not a
// record's version.
func versions(text string) (all []int64) {
	for _, word := range strings.Fields(text) {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			n = -1
		}
		all = append(all, n)
	}
	return all
}

// stopped reports the error after which the rest of several was not tried.
func (c *call) stopped(err error) {
	if err == nil {
		return
	}
	if limited, ok := errors.AsType[*desk.LimitedError](err); ok {
		c.Desk.Limited(c.ctx(), c.visit, c.identity, limited)
		return
	}
	c.Desk.Log.ErrorContext(c.ctx(), "stopped before the rest", "request", c.visit.RequestID, "route", c.visit.Route, "error", err)
}

// operatorsInvited is the page about these people. Those whom nothing happens to are not
// sent on to the form that invites.
func (c *call) operatorsInvited(list []desk.Invitee, done bool) OperatorsInvitedPage {
	p := OperatorsInvitedPage{People: list, Done: done, Back: c.again()}
	p.LastDay, p.Ends = c.lastDay(c.form.Get("ends"))
	var rest, seen []string
	for _, i := range list {
		if i.Why.IsZero() {
			p.Sent++
		} else {
			p.Left++
		}
		if i.Why.IsZero() != done {
			rest, seen = append(rest, i.Typed), append(seen, version(i.Seen))
		}
	}
	if len(rest) > 0 {
		p.Fields = []Hidden{{"people", strings.Join(rest, "\n")}}
		for _, id := range c.form["role"] {
			p.Fields = append(p.Fields, Hidden{"role", id})
		}
		for _, name := range []string{"language", "ends"} {
			if value := c.form.Get(name); value != "" {
				p.Fields = append(p.Fields, Hidden{name, value})
			}
		}
	}
	if !done {
		p.Fields = append(p.Fields, Hidden{"seen", strings.Join(seen, " ")})
	}
	ticks, err := c.roleTicks(c.form["role"])
	if err != nil { // It was done, and the page says so without them.
		c.Desk.Log.WarnContext(c.ctx(), "roles not read", "request", c.visit.RequestID, "error", err)
	}
	for _, r := range ticks.Ticks {
		if r.Chosen {
			p.Roles = append(p.Roles, r.Title())
		}
	}
	return p
}
