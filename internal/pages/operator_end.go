package pages

import (
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var operatorEndChanged = success("operator-end")

// OperatorEndPage changes when an operator's account ends.
type OperatorEndPage struct {
	view.Form
	desk.OperatorDetail
	// Typed is the last day of the account as it is or was typed; empty for none.
	Typed string
	// FormVersion is the operator's version when the form was first shown.
	FormVersion int64
}

func (OperatorEndPage) Template() string { return "operator_end" }

func (p OperatorEndPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("ends.act"))
}

func (c *call) operatorEndPage(o desk.OperatorDetail, f view.Form) view.Page {
	p := OperatorEndPage{Form: f, OperatorDetail: o, Typed: desk.EndedOn(o.EndsAt), FormVersion: o.Version}
	if c.r.Method == http.MethodPost {
		p.Typed, p.FormVersion = c.form.Get("ends"), c.version()
	}
	return p
}

// getOperatorEnd asks when an operator's account ends.
func (c *call) getOperatorEnd() error {
	return c.ask(c.operatorEndPage, func(may desk.OperatorRights) bool { return may.End })
}

// OperatorEndConfirmPage says when the account would end.
type OperatorEndConfirmPage struct {
	desk.OperatorDetail
	// NewDay is the new last day, zero for none; NewEnds says when that is.
	NewDay  time.Time
	NewEnds messages.Text
	Fields  []Hidden
}

func (OperatorEndConfirmPage) Template() string { return "operator_end_confirm" }

func (p OperatorEndConfirmPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("ends.act"))
}

// postOperatorEnd changes when an operator's account ends, after saying when that is.
func (c *call) postOperatorEnd() error {
	f := desk.EndForm{Version: c.version(), Ends: c.form.Get("ends")}
	if c.confirmed() {
		return c.acted(c.Desk.SetEnd(c.ctx(), c.actor(), c.visit, c.id(), f), c.said(operatorEndChanged), c.operatorEndPage)
	}
	if _, err := c.Desk.PreviewEnd(c.ctx(), c.actor(), c.id(), f); err != nil {
		return c.acted(err, "", c.operatorEndPage)
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	p := OperatorEndConfirmPage{OperatorDetail: o, Fields: c.again()}
	p.NewDay, p.NewEnds = c.lastDay(f.Ends)
	return c.show(http.StatusOK, p)
}

// lastDay reads the last day of an account, and says when that is; both are zero for none.
func (c *call) lastDay(typed string) (last time.Time, ends messages.Text) {
	last, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		return time.Time{}, ends
	}
	return last, c.Desk.EndText(last.Add(24 * time.Hour))
}
