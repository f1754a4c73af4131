package resource

import (
	"context"
	"net/http"

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
	answer, err := r.confirmed(&row, "delete", MayReason, r.showDelete, func(reason string) ([]*problem, error) { return r.remove(&row, reason) })
	if answer != nil || err != nil {
		return answer, err
	}
	return pages.GoTo(r.path(), deleted), nil
}

// remove deletes a row, and audits it.
func (r *request[T]) remove(row *T, reason string) ([]*problem, error) {
	entry := r.changed(r.act("delete", row, reason), row, nil)
	err := r.office.Audited(r.ctx, entry, func(ctx context.Context) error { return r.Data.Delete(ctx, *row) })
	return problemsOf(err)
}
