package backoffice

import (
	"context"
	"net/http"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

// Operator is who is signed in, as of one request.
type Operator struct {
	ID, Name, Email string
	// MemberID is the member of the community that the operator is; empty for
	// one who stands alone.
	MemberID string
	// Roles are the ids of all roles, the primary one first.
	Roles []string

	identity *desk.Identity
}

// Can says whether the operator's roles have the permission. The zero Operator
// can nothing.
func (o Operator) Can(permission string) bool { return o.identity != nil && o.identity.Can(permission) }

// HasRole says whether the operator has the role, by its id, as primary or
// additional role. Prefer Can: permissions can be given to custom roles, too.
func (o Operator) HasRole(id string) bool { return slices.Contains(o.Roles, id) }

// OperatorFrom is the operator in a request's context, for handlers under
// Config.Admin. Anywhere else there is none.
func OperatorFrom(ctx context.Context) (Operator, bool) {
	s, ok := pages.FromContext(ctx)
	if !ok {
		return Operator{}, false
	}
	return operatorOf(s.Identity()), true
}

func operatorOf(id *desk.Identity) Operator {
	o := Operator{ID: id.Operator.ID, Name: id.Operator.Name, Email: id.Operator.Email, MemberID: id.Operator.MemberID, identity: id}
	for _, r := range id.Roles {
		o.Roles = append(o.Roles, r.ID)
	}
	return o
}

// FormToken is the value that forms of the host's post as "csrf", or scripts
// send as the header X-CSRF-Token. It is empty outside the office.
func FormToken(ctx context.Context) string {
	s, ok := pages.FromContext(ctx)
	if !ok {
		return ""
	}
	return s.FormToken()
}

// Nonce lets a script or stylesheet of the host's run under the office's
// Content-Security-Policy. It is another one for each request, and empty outside
// the office.
func Nonce(ctx context.Context) string {
	s, ok := pages.FromContext(ctx)
	if !ok {
		return ""
	}
	return s.Nonce()
}

// Render answers with a page of Config.Pages inside the office's layout, under
// the title. The template gets data as .Page. Outside the office the answer is
// Config.NotFound; a template that fails is the office's error page and a log
// line, never half a page.
func (o *Office) Render(w http.ResponseWriter, r *http.Request, page, title string, data any) {
	o.RenderStatus(w, r, http.StatusOK, page, title, data)
}

// RenderStatus is Render with another status, e.g. 422 for a refused form.
func (o *Office) RenderStatus(w http.ResponseWriter, r *http.Request, status int, page, title string, data any) {
	s, ok := o.scope(r)
	if !ok {
		o.notFound.ServeHTTP(w, r)
		return
	}
	s.To(w).Render(status, page, title, data)
}

// NotFound answers with the office's own missing page.
func (o *Office) NotFound(w http.ResponseWriter, r *http.Request) {
	s, ok := o.scope(r)
	if !ok {
		o.notFound.ServeHTTP(w, r)
		return
	}
	s.To(w).NotFound()
}

// Fail answers a failure of the host's: a calm page that names the request, and
// a log line with the error. A nil error does nothing.
func (o *Office) Fail(w http.ResponseWriter, r *http.Request, err error) {
	if err == nil {
		return
	}
	s, ok := o.scope(r)
	if !ok {
		o.desk.Log.ErrorContext(r.Context(), "page of the host failed", "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	s.To(w).Fail(err)
}
