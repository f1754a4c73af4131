package memberstest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"testing"
	"time"

	"github.com/postern-go/postern/backoffice"
)

// Fixture says what is in the directory.
type Fixture struct {
	// Members are some who may sign in: two or more, so that a mix-up shows. Include odd
	// names.
	Members []Member
	// Barred are some who may not sign in, such as banned members. The directory must treat
	// them as unknown.
	Barred []Member
	// Searches maps queries to the ids of all members that each must find, in any order. It is
	// for a directory that is a [backoffice.MemberSearcher]; such a directory must also find
	// members by their full names.
	Searches map[string][]string
}

// Member is a member, as the directory must return them.
type Member struct {
	backoffice.Member
	// Logins are what they can type to sign in, such as their name and email address.
	Logins []string
	// Password is their password. Leave it out if members have none, as with SSO.
	Password string
}

// Run checks a directory, with a subtest for each duty.
func Run(t *testing.T, directory backoffice.Members, fixture Fixture) {
	t.Helper()
	if len(fixture.Members) == 0 {
		t.Fatal("memberstest: Fixture.Members is empty: name some who are in the directory, two or more")
	}
	for _, d := range duties {
		t.Run(d.name, func(t *testing.T) {
			c := &checker{ctx: t.Context(), directory: directory, Fixture: fixture, now: time.Now}
			for _, fault := range c.check(d) {
				t.Error(fault)
			}
		})
	}
}

// duty is something that a directory must do.
type duty struct {
	name  string
	check func(*checker)
}

var duties = []duty{
	{"members are found by id", (*checker).byID},
	{"any other id is ErrNoMember", (*checker).otherIDs},
	{"members are found by login", (*checker).byLogin},
	{"any other login is ErrNoMember", (*checker).otherLogins},
	{"members who may not sign in are ErrNoMember", (*checker).barred},
	{"members are as the office needs them", (*checker).usable},
	{"the right password, and no other", (*checker).passwords},
	{"an unknown member has no password", (*checker).unknownPasswords},
	{"checking the password of an unknown member takes as long", (*checker).alike},
	{"an error is not an answer", (*checker).cancelled},
	{"many ask at once", (*checker).atOnce},
	{"the search has its type", (*checker).searchable},
	{"the search finds members", (*checker).finds},
	{"the search goes from page to page", (*checker).pages},
	{"a query is only text", (*checker).queries},
}

// checker checks one duty.
type checker struct {
	Fixture
	ctx       context.Context
	directory backoffice.Members
	// now is the time, by which costs are compared.
	now    func() time.Time
	faults []string
}

// check returns what is wrong.
func (c *checker) check(d duty) []string {
	func() {
		defer func() {
			if p := recover(); p != nil {
				c.faultf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		d.check(c)
	}()
	return c.faults
}

// mostFaults keeps a test readable: what is wrong with one odd id is wrong with most.
const mostFaults = 10

func (c *checker) faultf(format string, args ...any) {
	switch len(c.faults) {
	case mostFaults:
	case mostFaults - 1:
		c.faults = append(c.faults, "and more like these")
	default:
		c.faults = append(c.faults, fmt.Sprintf(format, args...))
	}
}

// wantMember notes an answer other than a member.
func (c *checker) wantMember(asked string, want, got backoffice.Member, err error) {
	switch {
	case errors.Is(err, backoffice.ErrNoMember):
		c.faultf("%s: ErrNoMember, but Fixture.Members has them", asked)
	case err != nil:
		c.faultf("%s: %v", asked, err)
	case got != want:
		c.faultf("%s: %+v, but Fixture.Members has %+v", asked, got, want)
	}
}

// wantNobody notes an answer other than ErrNoMember.
func (c *checker) wantNobody(asked string, got backoffice.Member, err error) {
	switch {
	case err == nil:
		c.faultf("%s: it must be ErrNoMember, and is %+v", asked, got)
	case !errors.Is(err, backoffice.ErrNoMember):
		c.faultf("%s: it must be ErrNoMember, or the office takes the directory for broken; it is: %v", asked, err)
	}
}
