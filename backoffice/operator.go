package backoffice

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

// Operator is an operator as they were when they were read: for [OperatorFrom]
// and [Access], that is at this request.
type Operator struct {
	ID, Name, Email string
	// MemberID is the id of the community's member that the operator is. It is
	// empty for an operator who is not a member.
	MemberID string
	// Roles are the ids of all roles, the primary role first.
	Roles []string
	// State is "invited", "expired" (the invitation is), "active", "locked" (after
	// failed attempts) or "disabled".
	State string
	// TwoFactor means that the operator has an authenticator app.
	TwoFactor bool
	// LastActiveAt is zero if the operator has never signed in.
	LastActiveAt time.Time

	// SeenBy is the operator who is signed in, if they see the office as this one; nil for
	// nearly all. Their requests only read: what this operator may see, they see, but what
	// is counted, kept or recorded for someone is for SeenBy.
	SeenBy *Operator

	can func(permission string) bool
}

// Can reports whether the operator's roles have the permission. The zero
// Operator has none.
func (o Operator) Can(permission string) bool { return o.can != nil && o.can(permission) }

// HasRole reports whether the operator has the role with this id, as primary or
// additional role. Prefer Can: custom roles can also have permissions.
func (o Operator) HasRole(id string) bool { return slices.Contains(o.Roles, id) }

// OperatorFrom returns the signed-in operator, for handlers under
// Config.Handler. Outside the office it returns false.
func OperatorFrom(ctx context.Context) (Operator, bool) {
	s, ok := pages.FromContext(ctx)
	if !ok {
		return Operator{}, false
	}
	return operatorOf(s.Identity()), true
}

// StillSignedIn returns the operator of a request as they are now, for a handler that
// runs for a long time, such as a stream or a WebSocket: since it began, their session may
// have ended, or their roles changed. Ask every 30 seconds or so, with the context of the
// request:
//
//   - [ErrSignedOut] means that the session has ended, that the operator was disabled, or
//     that the office would first show them another page, such as the one that changes
//     the password. Stop. Outside the office it is always the error.
//   - [ErrForbidden] means that they have lost the permission that Menu or Guards of the
//     [Config], or the [Part], require for this path. Stop.
//   - If [Config.Decide] now refuses the request, its error comes back. Stop.
//   - Any other error means that the store could not be asked within what is left of
//     Config.StoreTimeout. Stop, or send nothing until it can be.
//
// Asking is one read of the store, and does not keep the session alive. StillSignedIn is
// safe for concurrent use.
func StillSignedIn(ctx context.Context) (Operator, error) {
	s, ok := pages.FromContext(ctx)
	if !ok {
		return Operator{}, ErrSignedOut
	}
	id, err := s.Still(ctx)
	switch {
	case errors.Is(err, desk.ErrNoSession):
		return Operator{}, ErrSignedOut
	case err != nil:
		return Operator{}, err
	}
	return operatorOf(id), nil
}

func operatorOf(id *desk.Identity) Operator {
	o := id.Operator
	var by *Operator
	if id.SeenBy != nil {
		real := operatorOf(id.SeenBy)
		by = &real
	}
	return Operator{
		ID: o.ID, Name: o.Name, Email: o.Email, MemberID: o.MemberID,
		Roles: each(id.Roles, func(r desk.Role) string { return r.ID }),
		State: string(id.Show()), TwoFactor: id.TwoFactor, LastActiveAt: o.LastActiveAt, SeenBy: by, can: id.Can,
	}
}

// FormToken returns what your forms post in the field "csrf", or your scripts
// send in the header X-CSRF-Token or X-XSRF-TOKEN. It is valid until the session ends.
// Outside the office it is empty.
func FormToken(ctx context.Context) string {
	s, ok := pages.FromContext(ctx)
	if !ok {
		return ""
	}
	return s.FormToken()
}

// Text says a message of Config.Messages, or of the library, in the language of this
// request, as {{t}} does in pages. args are names and values in turn; the argument "n", of
// type int, selects the plural form, and a time.Time is said as a day in UTC. Text returns key
// if ctx is not that of a request to the office, or if no message has this key.
func Text(ctx context.Context, key string, args ...any) string {
	s, ok := pages.FromContext(ctx)
	if !ok {
		return key
	}
	return s.Text(key, args...)
}

// Nonce returns the nonce that lets a script or stylesheet of yours run under
// the office's Content-Security-Policy. It differs between requests. Outside the
// office it is empty.
func Nonce(ctx context.Context) string {
	s, ok := pages.FromContext(ctx)
	if !ok {
		return ""
	}
	return s.Nonce()
}

// NotFound writes the office's own page for what is missing, and for a script a problem
// document (RFC 9457). Outside the office the response is Config.NotFound.
func (o *Office) NotFound(w http.ResponseWriter, r *http.Request) {
	s, ok := o.scope(r)
	if !ok {
		o.notFound.ServeHTTP(w, r)
		return
	}
	s.To(w).NotFound()
}

// Fail writes the office's page for an error of [Services], and for a script a problem
// document (RFC 9457); a body that was too long, which is an [http.MaxBytesError], is the
// client's fault. Any other error is logged, and the answer names the request only. If err
// is nil, Fail does nothing.
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
	s.To(w).Fail(inward(err))
}
