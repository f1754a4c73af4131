package resource

import (
	"context"
	"errors"
	"net/http"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

var deleted = pages.Declare(view.LevelSuccess, "resource-deleted")

// getDelete asks before a row is deleted.
func (r *request[T]) getDelete(id string) (pages.Answer, error) {
	row, err := r.target(id, "delete")
	if err != nil {
		return nil, err
	}
	return r.showDelete(http.StatusOK, &row, view.Form{})
}

func (r *request[T]) showDelete(status int, row *T, f view.Form) (pages.Answer, error) {
	id := r.model.id(row)
	facts, err := r.facts(row)
	reason, _ := r.reason(MayReason)
	return pages.ShowPage(status, pages.ResourceDeletePage{
		Form: f, ResourceNames: r.names(), ResourceReason: reason, ID: id, Name: r.model.name(row), Facts: facts,
		Revision: r.shown("delete", row), Post: r.rowPath(id, "delete"), Back: r.rowPath(id),
	}), err
}

// postDelete deletes a row, as it was shown.
func (r *request[T]) postDelete(id string) (pages.Answer, error) {
	row, err := r.target(id, "delete")
	if err != nil {
		return nil, err
	}
	if !r.unchanged("delete", &row, r.Form().Get("revision")) {
		return r.showDelete(http.StatusConflict, &row, r.only("resource.changed"))
	}
	reason, f := r.reason(MayReason)
	if f.Failed() {
		return r.showDelete(http.StatusUnprocessableEntity, &row, f)
	}
	found, err := r.remove(&row, reason.Reason)
	switch {
	case len(found) > 0:
		return r.showDelete(http.StatusUnprocessableEntity, &row, r.problems(found, nil))
	case errors.Is(err, backoffice.ErrChanged):
		if row, err = r.target(id, "delete"); err != nil {
			return nil, err
		}
		return r.showDelete(http.StatusConflict, &row, r.only("resource.changed"))
	case err != nil:
		return nil, err
	}
	return pages.GoTo(r.path(), deleted), nil
}

// remove deletes a row, and audits it.
func (r *request[T]) remove(row *T, reason string) ([]*problem, error) {
	entry := r.changed(r.act("delete", row, reason), row, nil)
	err := r.office.Audited(r.ctx, entry, func(ctx context.Context) error { return r.Data.Delete(ctx, *row) })
	return problemsOf(err)
}
