package backoffice

import (
	"net/http"
	"slices"

	"github.com/postern-go/postern/internal/pages"
)

// Require returns middleware that lets a request through if the operator's roles
// have the permission: for a route or a method that requires more than Menu and Guards of
// the [Config] do for its path. Otherwise the response is the office's page with status 403, or
// a problem document (RFC 9457) for a script, and the refusal is audited. No one has a
// permission that is not declared in Config.Permissions; Require logs that mistake.
// Outside the office the response is Config.NotFound.
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

// RequireRole returns middleware that lets a request through if the operator has
// one of the roles, by id, as primary or additional role. Otherwise it does as
// [Office.Require], which is the better choice: custom roles can have permissions,
// too.
//
// A role protects no more than its permissions do. An operator who can manage
// operators and holds all permissions of a role can give that role to anyone,
// including an account of their own, and every one of them can give a role
// without permissions. What must be kept apart needs a permission of its own.
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

// RequireStepUp returns middleware that lets a request through if the operator
// confirmed their identity in the last 5 minutes (a parameter). Otherwise it asks
// them to, and then leads back to this page. What was typed into a form is lost
// on the way, so guard the page that shows the form as well as the one that
// receives it. A script, which no one can ask, gets a problem document (RFC 9457) with
// status 403 and the path of the page that asks.
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

// guard wraps a handler. A request that did not come through the office, with an
// operator signed in, gets the community's missing page.
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
