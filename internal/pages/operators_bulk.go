package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// OperatorsBulkPage says what an act does to several operators, before and after.
type OperatorsBulkPage struct {
	view.Form
	desk.BulkPlan
	// Name is what the act is called, Question asks whether to do it.
	Name, Question string
	// Acts and Roles are what can be chosen; empty once it is done.
	Acts, Roles []view.Option
	// Those are how many it is done to, Left how many are left out.
	Those, Left int
	// Versions are those of the rows, for the form that does it.
	Versions string
	// Done reports that it was done. Again is where the rest is looked at again; empty if
	// there is none.
	Done  bool
	Again string
}

func (OperatorsBulkPage) Template() string { return "operators_bulk" }

func (OperatorsBulkPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.operators"), Path: "/operators"}, {Label: in.Text("operators.bulk.name.none")}}
}

// allBulkActs are the acts on several operators in the order in which they are offered.
var allBulkActs = []desk.BulkAct{desk.BulkResend, desk.BulkEndSessions, desk.BulkAddRole, desk.BulkRemoveRole, desk.BulkDisable}

// bulkActs are the acts on several operators, as people choose them.
func bulkActs(in *messages.Language, chosen desk.BulkAct) []view.Option {
	options := []view.Option{{Label: in.Text("list.choose"), Chosen: chosen == ""}}
	for _, act := range allBulkActs {
		options = append(options, view.Option{Value: string(act), Label: in.Text("operators.bulk.option." + string(act)), Chosen: act == chosen})
	}
	return options
}

// name says what the act is, if it is one of them.
func (p *OperatorsBulkPage) name(in *messages.Language) {
	act := string(p.Act)
	if !slices.Contains(allBulkActs, p.Act) {
		p.Name = in.Text("operators.bulk.name.none")
		return
	}
	p.Name, p.Question = in.Text("operators.bulk.name."+act), in.Text("operators.bulk.title."+act)
}

// getOperatorsBulk shows what an act would do. It is a GET, so that a step-up, the
// browser's way back and a reload lose nothing.
func (c *call) getOperatorsBulk() error {
	return c.previewBulk(bulkForm(c.query()))
}

// bulkForm reads an act on several operators.
func bulkForm(q url.Values) desk.BulkForm {
	ids := q["operator"]
	return desk.BulkForm{Act: desk.BulkAct(q.Get("act")), Role: q.Get("role"), Reason: q.Get("reason"), Operators: ids[:min(len(ids), desk.MostAtOnce+1)]}
}

func (c *call) previewBulk(f desk.BulkForm) error {
	plan, err := c.Desk.PreviewBulk(c.ctx(), c.actor(), f)
	form, ok := c.refusal(err)
	if err != nil && !ok {
		return err
	}
	if f.Act.OfRole() && f.Role == "" && len(form.Errors) == 1 {
		form = view.Form{} // it is only asked which role
	}
	return c.showOperatorsBulk(http.StatusOK, form, plan)
}

func (c *call) showOperatorsBulk(status int, form view.Form, plan desk.BulkPlan) error {
	ticks, err := c.roleTicks([]string{plan.Role})
	if err != nil {
		return err
	}
	for _, e := range form.Errors {
		if e.Field == "operator" { // The ticks are on another page.
			form = view.Form{}.Refuse("", e.Text)
			plan.Operators = nil
			break
		}
	}
	p := OperatorsBulkPage{Form: form, BulkPlan: plan, Acts: bulkActs(c.words(), plan.Act)}
	p.Roles = []view.Option{{Label: c.t("list.choose")}}
	for _, r := range ticks.Ticks {
		p.Roles = append(p.Roles, view.Option{Value: r.ID, Label: c.say(r.Title()), Chosen: r.Chosen})
	}
	p.count()
	p.name(c.words())
	return c.show(status, p)
}

// count counts the rows, and keeps what the form that does it needs of them.
func (p *OperatorsBulkPage) count() {
	var seen, left []string
	for _, row := range p.Rows {
		if row.Why.IsZero() {
			p.Those++
			seen = append(seen, version(row.Version))
		} else if p.Left++; row.ID != "" {
			left = append(left, row.ID)
		}
	}
	p.Versions = strings.Join(seen, " ")
	if p.Done && len(left) > 0 {
		p.Again = bulkPath(p.Act, p.Role, left...)
	}
}

// bulkPath is the page that shows what an act would do to these operators.
func bulkPath(act desk.BulkAct, role string, operators ...string) string {
	q := url.Values{"act": {string(act)}, "operator": operators}
	if role != "" {
		q.Set("role", role)
	}
	return "/operators/bulk?" + q.Encode()
}

// postOperatorsBulk does what was shown. A form that does not say what was is shown it.
func (c *call) postOperatorsBulk() error {
	f := bulkForm(c.form)
	if f.Seen = versions(c.form.Get("seen")); len(f.Seen) == 0 {
		return c.previewBulk(f)
	}
	plan, stopped, err := c.Desk.Bulk(c.ctx(), c.actor(), c.visit, f)
	if form, ok := c.refusal(err); ok {
		return c.showOperatorsBulk(http.StatusUnprocessableEntity, form, plan)
	}
	if err != nil {
		return err
	}
	c.stopped(stopped)
	p := OperatorsBulkPage{BulkPlan: plan, Done: true}
	p.count()
	p.name(c.words())
	return c.showDone(p)
}
