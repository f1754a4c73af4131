package backoffice

import (
	"context"

	"github.com/postern-go/postern/internal/desk"
)

// Member is a user of the community.
type Member struct {
	// ID is the community's own id of the member. It must never change. A member
	// whose ID is not plain text of at most 255 bytes cannot be given access.
	ID string
	// Name is what the community calls the member. It can be anything, also empty: the
	// office copies it as one printable line, shows it beside the operator's own name,
	// and derives that one from it when the member is given access.
	Name string
	// Email must be a mailbox that the community has verified as the member's: one-time
	// links go there. The office copies it.
	Email string
}

// Members is the community's directory. The office asks it about operators who
// are members, and copies nothing but what [Member] says: when one is given access,
// at each of their sign-ins, before each email to them is sent, and in [Office.Run],
// which asks about each of them every six hours, about 100 in two minutes. If the
// name or the email address has changed, the operator follows.
//
// An error other than ErrNoMember means that the directory is not working: the office
// then refuses the sign-in, and holds back emails with a one-time link, but no others.
// Nothing else waits for it for more than five seconds: once ctx has ended, return its
// error, and never ErrNoMember, which means that the member has left. Implementations must
// be safe for concurrent use. Package officetest/memberstest checks them.
type Members interface {
	// FindMember returns the member with this id as they are now. It returns
	// ErrNoMember if there is none, or if the member may not sign in. The office takes an
	// answer with another id for an error.
	FindMember(ctx context.Context, id string) (Member, error)
	// FindMemberByLogin returns the member who signs in with login, which is a
	// name or an email address as typed. It returns ErrNoMember if there is none,
	// or if the member may not sign in. It is also asked about names and email
	// addresses before operators get them, so that nobody is locked out under the
	// name that the community gave them, and by "Forgot your password?".
	FindMemberByLogin(ctx context.Context, login string) (Member, error)
	// CheckMemberPassword reports whether the password is the member's. For an
	// empty or unknown id it must take as long and report false. It is never
	// called if Config.SSO is set. If it hashes with a password.Hasher, pass ctx
	// on: it says who is waiting.
	CheckMemberPassword(ctx context.Context, id, password string) (bool, error)
}

// MemberSearcher is a [Members] that can also be searched. If Config.Members
// implements it, the office has a page on which operators find members and give
// them access. A mistake in the method's type only makes that page disappear, so
// assert the interface:
//
//	var _ backoffice.MemberSearcher = (*Directory)(nil)
type MemberSearcher interface {
	Members
	// SearchMembers returns at most limit members who match query, by name, email
	// address or anything else that the community searches by. An empty query matches
	// everyone. after is empty for the first page, then the next of the page before;
	// next is empty on the last page. Members who may not sign in can be left out. The
	// search that every page has goes on without an answer when ctx ends, after a second.
	SearchMembers(ctx context.Context, query, after string, limit int) (members []Member, next string, err error)
}

// directory gives the desk the host's members, in the desk's own type.
type directory struct{ Members }

func (d directory) FindMember(ctx context.Context, id string) (desk.Member, error) {
	m, err := d.Members.FindMember(ctx, id)
	return desk.Member(m), err
}

func (d directory) FindMemberByLogin(ctx context.Context, login string) (desk.Member, error) {
	m, err := d.Members.FindMemberByLogin(ctx, login)
	return desk.Member(m), err
}

type searchableDirectory struct {
	directory
	searcher MemberSearcher
}

func (d searchableDirectory) SearchMembers(ctx context.Context, query, after string, limit int) ([]desk.Member, string, error) {
	found, next, err := d.searcher.SearchMembers(ctx, query, after, limit)
	return each(found, func(m Member) desk.Member { return desk.Member(m) }), next, err
}

// directoryOf keeps two differences that the desk sees: no directory is nil, and
// only one that can be searched has SearchMembers.
func directoryOf(m Members) desk.Members {
	switch m := m.(type) {
	case nil:
		return nil
	case MemberSearcher:
		return searchableDirectory{directory{m}, m}
	default:
		return directory{m}
	}
}

// each converts a list between our types and those of the packages inside. An
// empty list stays nil.
func each[A, B any](list []A, convert func(A) B) []B {
	var converted []B
	for _, a := range list {
		converted = append(converted, convert(a))
	}
	return converted
}
