package resource

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

// getDetail shows a row.
func (r *request[T]) getDetail(id string) (pages.Answer, error) {
	row, err := r.row(r.ctx, r.viewable, id)
	if err != nil {
		return nil, err
	}
	columns := r.model.seen(r.op, Detail)
	of, err := r.labelsOf(columns, &row)
	if err != nil {
		return nil, err
	}
	p := pages.ResourceDetailPage{ResourceNames: r.names(), ID: id, Name: r.model.name(&row), Acts: r.actLinks(&row)}
	for _, c := range columns {
		if c.long {
			p.Long = append(p.Long, r.cell(c, &row, of))
		} else {
			p.Facts = append(p.Facts, r.cell(c, &row, of))
		}
	}
	if r.mayDo("edit", &row) {
		p.Edit = r.rowPath(id, "edit")
	}
	if r.mayDo("delete", &row) {
		p.Delete = r.rowPath(id, "delete")
	}
	if r.op.Can(desk.PermissionAuditView) {
		p.History = "/audit?" + url.Values{"kind": {r.Path}, "about": {id}}.Encode()
	}
	return pages.ShowPage(http.StatusOK, p), nil
}

// stepUp reports whether an act of the resource requires a recent confirmation.
func (r *request[T]) stepUp(act string) bool {
	if a := r.named(act); a != nil {
		return a.StepUp
	}
	return slices.Contains(r.StepUp, act)
}
