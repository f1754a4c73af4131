package backoffice

import (
	"context"

	"github.com/postern-go/postern/internal/pages"
)

// Allow reports with a nil error that the signed-in operator has a permission, and
// that a rule of yours lets them act on the object that the request names: an order
// of their own region, say. Require checks only the permission. A refusal is
// audited; hand it to [Office.Fail]. Allow returns ErrForbidden, or ErrSignedOut if
// ctx is not that of a request of an operator.
func (o *Office) Allow(ctx context.Context, permission string, rule func(Operator) bool) error {
	s, ok := pages.FromContext(ctx)
	if !ok || !s.Of(o.server) {
		return ErrSignedOut
	}
	operator, _ := OperatorFrom(ctx)
	if s.Identity().Can(permission) && rule(operator) {
		return nil
	}
	o.desk.Denied(ctx, s.Visit(), s.Identity(), permission)
	return ErrForbidden
}
