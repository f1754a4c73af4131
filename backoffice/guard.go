package backoffice

import (
	"net/http"
	"slices"

	"github.com/postern-go/postern/internal/pages"
)

// Require lets a request through when the operator's roles, together, have the
// permission; else the answer is 403 inside the office, and an audit row. One
// that was not declared in Config.Permissions is a mistake that is logged here,
// and then nobody has it. Outside the office the answer is Config.NotFound.
func (o *Office) Require(permission string) func(http.Handler) http.Handler {
	if !o.desk.HasPermission(permission) {
		o.desk.Log.Error("Require names a permission that is not declared, so nobody has it", "permission", permission)
	}
	return o.guard(func(s pages.Scope) bool {
		if s.Identity().Can(permission) {
			return true
		}
		s.Deny(permission)
		return false
	})
}

// RequireRole lets a request through when the operator has one of the roles, by
// id, as primary or additional role; else as [Office.Require]. Prefer that one:
// permissions can be given to custom roles, too.
//
// A role guards no more than its permissions do. Whoever may manage operators
// and holds all permissions of a role can give it, to others and so to an
// account of their own, and a role without permissions can be given by all of
// them. What must be kept apart needs a permission of its own.
func (o *Office) RequireRole(roles ...string) func(http.Handler) http.Handler {
	roles = slices.Clone(roles)
	return o.guard(func(s pages.Scope) bool {
		if slices.ContainsFunc(roles, s.Identity().HasRole) {
			return true
		}
		s.Forbid(roles)
		return false
	})
}

// RequireStepUp lets a request through when the operator proved who they are a
// moment ago (5 minutes, a parameter); else it asks them to, and leads back to
// this page afterwards. What a refused form held is lost, so guard the page
// that shows the form as well as the one that takes it.
func (o *Office) RequireStepUp() func(http.Handler) http.Handler {
	return o.guard(func(s pages.Scope) bool {
		if s.Identity().Proved() {
			return true
		}
		s.StepUp()
		return false
	})
}

// scope finds this office in a request, and not another one of the process.
func (o *Office) scope(r *http.Request) (pages.Scope, bool) {
	s, ok := pages.FromContext(r.Context())
	return s, ok && s.Of(o.server)
}

// guard wraps a handler. A request that did not come through the office, with
// somebody signed in, is answered like any other missing page.
func (o *Office) guard(allowed func(pages.Scope) bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s, ok := o.scope(r)
			if !ok {
				o.notFound.ServeHTTP(w, r)
				return
			}
			if allowed(s.To(w)) {
				next.ServeHTTP(w, r)
			}
		})
	}
}
