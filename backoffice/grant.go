package backoffice

import (
	"context"

	"github.com/postern-go/postern/internal/web"
)

// Grant gives a member of the community access, for a page of the host's under
// Config.Admin: it is done by who is signed in, with their rights, and audited
// as theirs. roles are ids, the first is the primary one; nobody can give more
// than they hold themselves. Without SSO the member signs in with the member
// password at once; under SSO they are mailed a link to make one.
//
// The error's text is for the person who asked. ErrNotFound says that there is
// no such member, ErrForbidden that the rights do not reach.
func (o *Office) Grant(ctx context.Context, memberID string, roles ...string) error {
	s, ok := web.FromContext(ctx)
	if !ok || !s.Of(o.server) {
		return errOutside
	}
	_, err := o.services.Grant(ctx, s.Identity().Actor(), s.Visit(), memberID, roles)
	return plain(err)
}
