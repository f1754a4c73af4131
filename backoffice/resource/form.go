package resource

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

var (
	created = pages.Declare(view.LevelSuccess, "resource-created")
	saved   = pages.Declare(view.LevelSuccess, "resource-saved")
)

// blank is the row with which the form for a new one begins.
func (r *request[T]) blank() (row T) {
	if r.New != nil {
		row = r.New(r.ctx)
	}
	return row
}

// getNew shows the form for a new row.
func (r *request[T]) getNew() (pages.Answer, error) {
	row, fields := r.blank(), r.model.seen(r.op, New)
	texts := r.texts(fields, &row)
	for _, c := range fields {
		if c.kind == intKind && zero(c.value(&row)) {
			texts.Del(c.name) // nobody has typed a nought yet
		}
	}
	return r.showNew(http.StatusOK, fields, texts, view.Form{})
}

func (r *request[T]) showNew(status int, fields []*column[T], texts url.Values, f view.Form) (pages.Answer, error) {
	p := pages.ResourceFormPage{Form: f, ResourceNames: r.names(), Post: r.path() + "/" + ofNone + "/" + newPage, Back: r.path()}
	var err error
	p.Fields, err = r.inputs(fields, texts, f)
	p.Finds = finds(p.Fields)
	return pages.ShowPage(status, p), err
}

// postNew creates a row.
func (r *request[T]) postNew() (pages.Answer, error) {
	fields := r.model.seen(r.op, New)
	if r.Form().Get("find") != "" {
		return r.showNew(http.StatusOK, fields, r.Form(), view.Form{})
	}
	refuse := func(found []*problem) (pages.Answer, error) {
		return r.showNew(http.StatusUnprocessableEntity, fields, r.Form(), r.problems(found, fields))
	}
	row := r.blank()
	if found := r.parsed(fields, nil, &row); len(found) > 0 {
		return refuse(found)
	}
	if k := r.model.key; k.fresh != nil {
		k.fresh(&row)
	} else if k.in&New != 0 && !addressable(r.model.id(&row)) {
		return refuse([]*problem{k.problem(codeCharacter)})
	}
	switch ok, err := r.within("create", &row); {
	case err != nil:
		return nil, err
	case !ok:
		return r.showNew(http.StatusUnprocessableEntity, fields, r.Form(), r.only("resource.why.not_yours"))
	}
	switch found, err := r.check(r.ctx, nil, &row); {
	case err != nil:
		return nil, err
	case len(found) > 0:
		return refuse(found)
	}
	act := r.act("create", &row, "")
	if r.model.key.fresh == nil && r.model.key.in&New == 0 {
		act.ID = "" // the database makes it
	}
	var id string
	err := r.office.Audited(r.ctx, r.changed(act, nil, &row), func(ctx context.Context) (err error) {
		if id, err = r.Data.Create(ctx, row); err == nil && id == "" {
			err = errNoRow
		}
		backoffice.Made(ctx, id, act.Name)
		return err
	})
	switch found, err := problemsOf(err); {
	case len(found) > 0:
		return refuse(found)
	case err != nil:
		return nil, err
	case r.model.allows(r.viewable, &row):
		return pages.GoTo(r.rowPath(id), created), nil
	}
	return pages.GoTo(r.path(), created), nil
}

// addressable reports whether a key that someone chose can be a part of a path.
func addressable(id string) bool {
	return id != ofNone && id != "." && id != ".." && (&url.URL{Path: "/" + id}).JoinPath().Path == "/"+id
}

// within reports whether a row that is to be saved is among those to which the operator may
// do this.
func (r *request[T]) within(act string, row *T) (bool, error) {
	rows, err := r.rows(act)
	return err == nil && r.model.allows(rows, row), err
}

func finds(fields []pages.ResourceField) bool {
	return slices.ContainsFunc(fields, func(f pages.ResourceField) bool { return f.More })
}

// getEdit shows the form of a row.
func (r *request[T]) getEdit(id string) (pages.Answer, error) {
	row, err := r.target(id, "edit")
	if err != nil {
		return nil, err
	}
	fields := r.model.seen(r.op, Edit)
	return r.showEdit(http.StatusOK, &row, fields, r.texts(fields, &row), view.Form{}, r.snapped(fields, &row))
}

func (r *request[T]) showEdit(status int, row *T, fields []*column[T], texts url.Values, f view.Form, revision string) (pages.Answer, error) {
	id := r.model.id(row)
	p := pages.ResourceFormPage{
		Form: f, ResourceNames: r.names(), ID: id, Name: r.model.name(row), Revision: revision,
		Post: r.rowPath(id, "edit"), Back: r.rowPath(id),
	}
	var err error
	p.Fields, err = r.inputs(fields, texts, f)
	p.Finds = finds(p.Fields)
	return pages.ShowPage(status, p), err
}

// postEdit saves a row. What someone else saved after the form was made is shown beside it
// first, if the two cannot both be.
func (r *request[T]) postEdit(id string) (pages.Answer, error) {
	stored, err := r.target(id, "edit")
	if err != nil {
		return nil, err
	}
	fields, revision := r.model.seen(r.op, Edit), r.Form().Get("revision")
	was, ok := r.before(revision, fields, &stored)
	if !ok {
		return nil, backoffice.ErrChanged // it is of another page, and nobody knows what it changes
	}
	if r.Form().Get("find") != "" {
		return r.showEdit(http.StatusOK, &stored, fields, r.Form(), view.Form{}, revision)
	}
	refuse := func(f view.Form) (pages.Answer, error) {
		return r.showEdit(http.StatusUnprocessableEntity, &stored, fields, r.Form(), f, revision)
	}
	mine := was
	if found := r.parsed(fields, &was, &mine); len(found) > 0 {
		return refuse(r.problems(found, fields))
	}
	now := r.merged(fields, &was, &mine, &stored)
	if r.clash(fields, &was, &mine, &stored) {
		return r.showStale(fields, &was, &mine, &stored, &now)
	}
	if len(r.model.changed(&stored, &now)) == 0 {
		return pages.GoTo(r.rowPath(id), pages.NothingChanged), nil
	}
	found, err := r.save("edit", &stored, &now, "")
	switch {
	case errors.Is(err, errNotYours):
		return refuse(r.only("resource.why.not_yours"))
	case len(found) > 0:
		return refuse(r.problems(found, fields))
	case errors.Is(err, backoffice.ErrChanged):
		if stored, err = r.target(id, "edit"); err != nil {
			return nil, err
		}
		now = r.merged(fields, &was, &mine, &stored)
		return r.showStale(fields, &was, &mine, &stored, &now)
	case err != nil:
		return nil, err
	}
	if !r.model.allows(r.viewable, &now) {
		return pages.GoTo(r.path(), saved), nil
	}
	return pages.GoTo(r.rowPath(id), saved), nil
}

var errNotYours = errors.New("the row would no longer be one of the operator's")

// save saves a row that was changed, and audits it. It returns what is wrong with it, if that
// can be mended.
func (r *request[T]) save(act string, was, now *T, reason string) ([]*problem, error) {
	switch ok, err := r.within(act, now); {
	case err != nil:
		return nil, err
	case !ok:
		return nil, errNotYours
	}
	if found, err := r.check(r.ctx, was, now); err != nil || len(found) > 0 {
		return found, err
	}
	entry := r.changed(r.act(act, was, reason), was, now)
	err := r.office.Audited(r.ctx, entry, func(ctx context.Context) error {
		return r.Data.Update(ctx, Change[T]{ID: r.model.id(was), Was: *was, Now: *now, Fields: r.model.changed(was, now), Held: r.held(act)})
	})
	return problemsOf(err)
}

// held are the fields by which it was decided that the operator may do this. Someone else may
// change them between that and the change, which then is late.
func (r *request[T]) held(act string) (names []string) {
	for _, w := range slices.Concat(r.viewable.where, r.allowed[act].where) {
		names = append(names, w.Field)
	}
	for _, c := range r.model.columns {
		if act != "edit" && c.listed() && c.kind != customKind {
			names = append(names, c.name)
		}
	}
	return names
}
