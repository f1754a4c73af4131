package resource

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

// Pages returns the handler of the pages. [backoffice.New] calls it.
func (r *Resource[T]) Pages(o *backoffice.Office) http.Handler {
	r.make()
	s := &site[T]{Resource: r, office: o}
	return pages.PartPages(s.page)
}

// site is the pages of a resource in an office.
type site[T any] struct {
	*Resource[T]
	office *backoffice.Office
}

// request is a request for a page, by an operator who may view some of the rows.
type request[T any] struct {
	pages.PartRequest
	*site[T]
	ctx context.Context
	op  backoffice.Operator
	// viewable are the rows that the operator may view.
	viewable Rows
	// allowed are the rows of other acts, once asked.
	allowed map[string]Rows
}

// The paths below that of the resource that are of no row.
const (
	ofNone   = "-"
	newPage  = "new"
	bulkPage = "bulk"
)

// page returns the page at a path below that of the resource.
func (s *site[T]) page(segments []string) *pages.PartPage {
	switch {
	case len(segments) == 0:
		p := &pages.PartPage{Get: s.route("view", (*request[T]).getList)}
		p.Get.List = true
		if s.has("export") {
			p.Post = s.route("export", (*request[T]).postExport)
			p.Post.Proved, p.Post.Reads, p.Post.Fields = true, true, s.listFields()
		}
		return p
	case len(segments) == 1 && segments[0] != ofNone:
		return &pages.PartPage{Get: s.route("view", s.of(segments[0], (*request[T]).getDetail))}
	case len(segments) != 2:
		return nil
	case segments[0] == ofNone && segments[1] == newPage && s.has("create"):
		return s.form("create", New, (*request[T]).getNew, (*request[T]).postNew)
	case segments[0] == ofNone && segments[1] == bulkPage && len(s.bulkActs()) > 0:
		p := &pages.PartPage{Get: s.route("view", (*request[T]).getBulk), Post: s.route("view", (*request[T]).postBulk)}
		p.Get.List, p.Post.Previews = true, true
		p.Post.Fields, p.Post.Asked = []string{"act", "selection", "reason", "confirm"}, []string{"act"}
		p.Post.MaxBytes = mostSelection
		return p
	case segments[0] == ofNone:
		return nil
	}
	id, act := segments[0], segments[1]
	switch {
	case act == "edit" && s.has("edit"):
		return s.form("edit", Edit, s.of(id, (*request[T]).getEdit), s.of(id, (*request[T]).postEdit))
	case act == "delete" && s.has("delete"):
		return s.asking("delete", slices.Contains(s.StepUp, "delete"), s.of(id, (*request[T]).getDelete), s.of(id, (*request[T]).postDelete))
	}
	a := s.named(act)
	if a == nil {
		return nil
	}
	return s.asking(act, a.StepUp,
		s.of(id, func(r *request[T], id string) (pages.Answer, error) { return r.getAct(id, a) }),
		s.of(id, func(r *request[T], id string) (pages.Answer, error) { return r.postAct(id, a) }))
}

// handler answers a request.
type handler[T any] func(*request[T]) (pages.Answer, error)

// of is a handler for one row.
func (s *site[T]) of(id string, h func(*request[T], string) (pages.Answer, error)) handler[T] {
	return func(r *request[T]) (pages.Answer, error) { return h(r, id) }
}

// route is a method of a page that requires the permission for an act.
func (s *site[T]) route(act string, h handler[T]) *pages.PartRoute {
	return &pages.PartRoute{Permission: s.permission(act), Handle: func(p pages.PartRequest) (pages.Answer, error) {
		r := &request[T]{PartRequest: p, site: s, ctx: p.Context(), allowed: map[string]Rows{}}
		var ok bool
		if r.op, ok = backoffice.OperatorFrom(r.ctx); !ok {
			return nil, backoffice.ErrSignedOut
		}
		var err error
		if r.viewable, err = s.scope(r.ctx, r.op, "view"); err != nil {
			return nil, err
		}
		answer, err := h(r)
		return answer, unavailable(err)
	}}
}

// form is a form with the fields of a place.
func (s *site[T]) form(act string, in Place, get, post handler[T]) *pages.PartPage {
	p := s.asking(act, slices.Contains(s.StepUp, act), get, post)
	p.Post.Fields = []string{"revision", "find"}
	p.Post.MaxBytes = formRoom
	for _, c := range s.model.columns {
		if c.in&in == 0 {
			continue
		}
		p.Post.Fields = append(p.Post.Fields, c.name)
		if c.kind == refKind {
			p.Post.Fields = append(p.Post.Fields, c.name+".q")
		}
		p.Post.MaxBytes += int64(max(c.max, shortText)) * roomPerCharacter
	}
	p.Post.MaxBytes = min(p.Post.MaxBytes, mostForm)
	return p
}

const (
	formRoom = 64 << 10
	// roomPerCharacter is for a character in a form, of up to four bytes that are
	// percent-encoded, and the same in the sealed row.
	roomPerCharacter = 4*3 + 6
	mostForm         = 8 << 20
	mostSelection    = 1 << 20
)

// asking is a page that asks before it does something.
func (s *site[T]) asking(act string, stepUp bool, get, post handler[T]) *pages.PartPage {
	p := &pages.PartPage{Get: s.route(act, get), Post: s.route(act, post)}
	p.Get.Proved, p.Post.Proved = stepUp, stepUp
	p.Post.Fields = []string{"revision", "reason"}
	return p
}

// permission is the permission for an act, which is also the name of its events.
func (r *Resource[T]) permission(act string) string { return r.Path + "." + act }

// path is the path of the list.
func (r *Resource[T]) path() string { return "/" + r.Path }

// rowPath is the path of the page of a row.
func (r *Resource[T]) rowPath(id string, more ...string) string {
	path := view.Frame{}.URL(r.path(), id)
	for _, word := range more {
		path = view.Frame{}.URL(path, word)
	}
	return path
}

// names are what the rows are called in the language of the page.
func (r *request[T]) names() pages.ResourceNames {
	one := r.host(r.One)
	switch r.Words().Tag {
	case "en", "es", "pt-BR", "fr":
		one = lowered(one) // it is within a sentence
	}
	return pages.ResourceNames{Path: r.path(), One: one, Many: r.host(r.Many)}
}

// lowered returns a noun without its capital letter, unless it is an abbreviation.
func lowered(noun string) string {
	runes := []rune(noun)
	if len(runes) < 2 || strings.ToUpper(string(runes[1])) == string(runes[1]) {
		return noun
	}
	return strings.ToLower(string(runes[:1])) + string(runes[1:])
}

// host says a text of the host's.
func (r *request[T]) host(text string) string { return r.Say(text) }

// may reports whether the operator has the permission for an act.
func (r *request[T]) may(act string) bool { return r.has(act) && r.Can(r.permission(act)) }

// rows are the rows to which the operator, who has the permission, may do something.
func (r *request[T]) rows(act string) (Rows, error) {
	if rows, ok := r.allowed[act]; ok {
		return rows, nil
	}
	rows, err := r.scope(r.ctx, r.op, act)
	if err != nil {
		return Rows{}, err
	}
	r.allowed[act] = rows
	return rows, nil
}

// mayDo reports whether the operator may do something to a row. An error means that they
// may not, and is logged: it is asked for what a page offers.
func (r *request[T]) mayDo(act string, row *T) bool {
	if !r.may(act) {
		return false
	}
	rows, err := r.rows(act)
	if err != nil {
		r.Log("rows of an act not known", err)
		r.allowed[act] = Rows{}
	}
	return r.model.allows(rows, row)
}

// target reads the row of a page that does something to it. Rows that may not be viewed do
// not exist; for those that may, a refusal is audited.
func (r *request[T]) target(id, act string) (row T, err error) {
	if row, err = r.row(r.ctx, r.viewable, id); err != nil {
		return row, err
	}
	rows, err := r.rows(act)
	if err != nil {
		return row, err
	}
	if r.model.allows(rows, &row) {
		return row, nil
	}
	refused := r.act(act, &row, "")
	refused.Outcome = "refused"
	if err := r.office.Record(r.ctx, refused); err != nil {
		return row, err
	}
	return row, backoffice.ErrForbidden
}

// act is an entry of the audit log about a row.
func (r *request[T]) act(act string, row *T, reason string) backoffice.Act {
	return backoffice.Act{Code: r.permission(act), Kind: r.Path, ID: r.model.id(row), Name: r.model.name(row), Reason: reason}
}

// changed adds to an entry what changes.
func (r *request[T]) changed(a backoffice.Act, was, now *T) backoffice.Act {
	a.Before, a.After = r.model.record(was, now)
	return a
}

// problems puts what is wrong beside its fields; what is about no field of the form is
// above it.
func (r *request[T]) problems(found []*problem, fields []*column[T]) (f view.Form) {
	for _, p := range found {
		field := p.field
		if !slices.ContainsFunc(fields, func(c *column[T]) bool { return c.name == field }) {
			field = ""
		}
		f.Errors = append(f.Errors, view.FieldError{Field: field, Text: r.sentence(p)})
	}
	// In the order of the page: the first takes the focus.
	place := func(e view.FieldError) int {
		return slices.IndexFunc(fields, func(c *column[T]) bool { return c.name == e.Field })
	}
	slices.SortStableFunc(f.Errors, func(a, b view.FieldError) int { return place(a) - place(b) })
	return f
}

func (r *request[T]) sentence(p *problem) string {
	if p.code == codeHost {
		if p.text == "" {
			return r.T("resource.problem.choice")
		}
		return r.host(p.text)
	}
	return r.T("resource.problem."+p.code, p.args...)
}

// only returns one problem of the whole form.
func (r *request[T]) only(key string, args ...any) view.Form {
	return view.Form{}.Refuse("", r.T(key, args...))
}

var errNoRow = errors.New("the Data of the resource returned an empty key for a new row")
