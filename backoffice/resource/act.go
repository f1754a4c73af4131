package resource

import (
	"context"
	"errors"
	"net/http"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

var (
	done   = pages.Declare(view.LevelSuccess, "resource-done")
	notNow = pages.Declare(view.LevelInfo, "resource-not-now")
)

// getAct asks before an act on a row. One that makes no sense now leads to the row.
func (r *request[T]) getAct(id string, a *Act[T]) (pages.Answer, error) {
	row, err := r.target(id, a.Name)
	if err != nil {
		return nil, err
	}
	if !a.fits(&row) {
		return pages.GoTo(r.rowPath(id), notNow), nil
	}
	return r.showAct(http.StatusOK, a, &row, view.Form{})
}

func (r *request[T]) showAct(status int, a *Act[T], row *T, f view.Form) (pages.Answer, error) {
	id := r.model.id(row)
	facts, err := r.facts(row)
	reason, _ := r.reason(a.Reason)
	return pages.ShowPage(status, pages.ResourceActPage{
		Form: f, ResourceNames: r.names(), ResourceReason: reason, ID: id, Name: r.model.name(row),
		Act: r.host(a.Label), Text: r.host(a.Help), Danger: a.Danger, Facts: facts,
		Revision: r.shown(a.Name, row), Post: r.rowPath(id, a.Name), Back: r.rowPath(id),
	}), err
}

// postAct does something to a row, as it was shown.
func (r *request[T]) postAct(id string, a *Act[T]) (pages.Answer, error) {
	row, err := r.target(id, a.Name)
	if err != nil {
		return nil, err
	}
	if !a.fits(&row) {
		return pages.GoTo(r.rowPath(id), notNow), nil
	}
	show := func(status int, row *T, f view.Form) (pages.Answer, error) { return r.showAct(status, a, row, f) }
	answer, err := r.confirmed(&row, a.Name, a.Reason, show, func(reason string) ([]*problem, error) { return r.do(a, &row, reason) })
	if answer != nil || err != nil {
		return answer, err
	}
	return pages.GoTo(r.after(id), done), nil
}

// confirmed does something to a row that a page asked for, if the row is still as the page
// showed it. It returns the page again, with what is wrong; nil if it was done.
func (r *request[T]) confirmed(row *T, act string, of Reason, show func(int, *T, view.Form) (pages.Answer, error), do func(reason string) ([]*problem, error)) (pages.Answer, error) {
	if !r.unchanged(act, row, r.Form().Get("revision")) {
		return show(http.StatusConflict, row, r.only("resource.changed"))
	}
	reason, f := r.reason(of)
	if f.Failed() {
		return show(http.StatusUnprocessableEntity, row, f)
	}
	found, err := do(reason.Reason)
	switch {
	case errors.Is(err, errNotYours):
		return show(http.StatusUnprocessableEntity, row, r.only("resource.why.not_yours"))
	case len(found) > 0:
		return show(http.StatusUnprocessableEntity, row, r.problems(found, nil))
	case errors.Is(err, backoffice.ErrChanged):
		now, err := r.target(r.model.id(row), act)
		if err != nil {
			return nil, err
		}
		return show(http.StatusConflict, &now, r.only("resource.changed"))
	}
	return nil, err
}

// after is where an act leads: to the row, if it is still there to be seen.
func (r *request[T]) after(id string) string {
	if _, err := r.row(r.ctx, r.viewable, id); err != nil {
		return r.path()
	}
	return r.rowPath(id)
}

// do does an act, and audits it. It returns what is wrong, if the operator can mend it.
func (r *request[T]) do(a *Act[T], row *T, reason string) ([]*problem, error) {
	if a.Set != nil {
		now := *row
		a.Set(&now, reason)
		return r.save(a.Name, row, &now, reason)
	}
	err := r.office.Audited(r.ctx, r.act(a.Name, row, reason), func(ctx context.Context) error { return a.Do(ctx, *row, reason) })
	return problemsOf(err)
}
