package backoffice_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

func TestGrantingAMemberAccess(t *testing.T) {
	for name, sso := range map[string]*backoffice.SSO{"with their own password": nil, "under SSO": {URL: "https://login.acme.example", Name: "Acme <Login>"}} {
		t.Run(name, func(t *testing.T) {
			o, sue := seated(t, withDirectory, func(c *backoffice.Config) { c.SSO = sso })
			list := sue.Get("/members")
			require.Contains(t, list.Text(), "mel@example.org")
			require.Equal(t, sso != nil, strings.Contains(list.Text(), "Acme <Login>"))
			shown := sue.Get("/members/m-mel")
			require.Contains(t, shown.Text(), "No access")
			require.Equal(t, "Mel", shown.Filled("/members/m-mel", "Review").Get("name"), "what it will be")
			refused := sue.Press(shown, "/members/m-mel", "Review", "name=SUE", "role="+backoffice.Moderator)
			require.Contains(t, refused.Problems()["name"], "Another operator has this name")
			require.Equal(t, "SUE", refused.Filled("/members/m-mel", "Review").Get("name"))
			refused = sue.Press(shown, "/members/m-mel", "Review")
			require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
			require.Contains(t, refused.Problems()["role"], "at least one role")

			require.Contains(t, sue.Press(shown, "/members/m-mel", "Review", "name=", "role="+backoffice.Moderator).Text(), "Their name in this back office is Mel .", "derived")
			before := o.Dump()
			asked := sue.Press(shown, "/members/m-mel", "Review", "name=Melanie", "role="+backoffice.CommunityManager, "+role="+backoffice.Moderator)
			require.Contains(t, asked.Text(), "Give access to Mel ?")
			require.Contains(t, asked.Text(), "Adds Community manager")
			require.Equal(t, sso != nil, strings.Contains(asked.Text(), "works only here"))
			require.True(t, before == o.Dump(), "asking changes nothing")
			other := sue.Press(shown, "/members/m-mel", "Review", "role="+backoffice.CommunityManager, "+role="+backoffice.Moderator)
			done := sue.Does(asked, "/members/m-mel", "Give access", "primary="+backoffice.Moderator)
			require.Contains(t, done.Text(), "Access changed")
			late := sue.Press(other, "/members/m-mel", "Give access")
			require.Equal(t, http.StatusForbidden, late.Status, "not a second time")
			require.Contains(t, late.Text(), "What it shows has changed since you opened it")

			op, err := o.Mem.FindOperatorByMember(ctx, "m-mel")
			require.NoError(t, err)
			require.Equal(t, []string{backoffice.Moderator, backoffice.CommunityManager}, op.AllRoles())
			require.Equal(t, []string{"Melanie", "Mel"}, []string{op.Name, op.MemberName})
			require.Contains(t, sue.Get("/operators?q=melanie").Text(), "Community member: Mel")
			require.Contains(t, sue.Get("/operators/"+op.ID).Text(), "Community member Mel m-mel")
			require.Contains(t, sue.Get("/members/m-mel").Text(), "Name here Melanie")
			require.Contains(t, sue.Get("/members?access=yes").Text(), "Here: Melanie")
			mel := o.Browser()
			if sso == nil {
				require.Equal(t, "/", mel.Login("mel@example.org", memberPassword).Location)
			} else {
				require.Equal(t, http.StatusUnprocessableEntity, mel.Login("mel@example.org", memberPassword).Status)
				require.Equal(t, "/login?done=welcome", mel.Use("/welcome", o.LinkIn("welcome"), better).Location)
				require.Equal(t, "/", mel.Login("mel@example.org", better).Location)
			}

			with := sue.Get("/members?access=yes")
			require.Contains(t, with.Text(), "mel@example.org")
			require.NotContains(t, with.Text(), "mia@example.org")
			require.Contains(t, sue.Get("/operators?origin=member").Text(), "Mel")
			require.Contains(t, sue.Get("/operators/"+op.ID).Link("m-mel"), "/members/m-mel")

			changed := sue.Press(sue.Get("/members/m-mel"), "/members/m-mel", "Review changes", "role="+backoffice.Moderator)
			require.Contains(t, changed.Text(), "Removes Community manager")
			sue.Does(changed, "/members/m-mel", "Change roles")
			require.Equal(t, []string{backoffice.Moderator}, o.Find(op.ID).AllRoles())

			revoked := sue.Does(sue.Get("/members/m-mel/revoke"), "/members/m-mel/revoke", "Remove", "reason=Left")
			require.Contains(t, revoked.Text(), "Access removed")
			require.False(t, mel.SignedIn())
			require.Equal(t, http.StatusNotFound, sue.Get("/members/m-mel/revoke").Status)
		})
	}
}

// crowded is a community with many members. Its directory can be down, or answer slowly.
type crowded struct {
	members
	down bool
	slow time.Duration
}

var errDirectory = errors.New("directory is down")

func (c *crowded) FindMember(ctx context.Context, id string) (backoffice.Member, error) {
	if c.down {
		return backoffice.Member{}, errDirectory
	}
	return c.members.FindMember(ctx, id)
}

func (c *crowded) SearchMembers(ctx context.Context, query, after string, limit int) ([]backoffice.Member, string, error) {
	if by, bounded := ctx.Deadline(); c.down || bounded && c.slow > time.Until(by) {
		return nil, "", errDirectory
	}
	var found []backoffice.Member
	for n := range 120 {
		id := fmt.Sprintf("m-%03d", n)
		if id <= after || !strings.Contains(id, query) {
			continue
		}
		if len(found) == limit {
			return found, found[limit-1].ID, nil
		}
		found = append(found, backoffice.Member{ID: id, Name: "Member " + id, Email: id + "@example.org"})
	}
	return found, "", nil
}

func TestManyMembersAndADirectoryThatIsDown(t *testing.T) {
	c := &crowded{}
	o, sue := seated(t, func(cfg *backoffice.Config) { cfg.Members = c })
	seen := 0
	for at := "/members?q=m-"; at != ""; {
		p := sue.Get(at)
		require.Contains(t, at, "q=m-")
		seen += strings.Count(p.Text(), "Give access : Member m-")
		at = p.Link("Next page")
	}
	require.Equal(t, 120, seen)
	found := func() bool {
		p := sue.Get("/search?q=m-0")
		require.Equal(t, http.StatusOK, p.Status, "whatever the directory does")
		return strings.Contains(p.Text(), "Member m-000")
	}
	require.True(t, found())
	c.slow = 2 * time.Second
	require.False(t, found(), "the palette does not wait")
	require.Contains(t, sue.Get("/members").Text(), "Member m-000", "the list does")
	c.down = true
	require.False(t, found())
	for _, path := range []string{"/members", "/members/m-mel", "/members/m-mel/revoke"} {
		down := sue.Get(path)
		require.Equal(t, http.StatusServiceUnavailable, down.Status, path)
		require.Contains(t, down.Text(), "The community is not responding", path)
	}
	require.Contains(t, o.Log.String(), "directory is down")

	t.Run("without one there is no such page", func(t *testing.T) {
		_, sue := seated(t)
		require.Empty(t, sue.Get("/").Link("Members"))
		for _, path := range []string{"/members", "/members?access=yes", "/members/m-mel", "/members/m-mel/revoke"} {
			require.Equal(t, http.StatusNotFound, sue.Get(path).Status, path)
		}
	})
}

func TestManyMembersWithAccess(t *testing.T) {
	o, sue := seated(t, withDirectory)
	for n := range 120 {
		o.Add(store.Operator{MemberID: fmt.Sprintf("m-%03d", n)}, fmt.Sprintf("member%03d", n), backoffice.Moderator)
	}
	seen, at := 0, "/members?access=yes&q=member"
	for at != "" {
		require.Contains(t, at, "access=yes")
		p := sue.Get(at)
		seen += strings.Count(p.Text(), "Change : member")
		at = p.Link("Next page")
	}
	require.Equal(t, 120, seen)
}

// listed is a community with these members.
type listed struct {
	members
	all []backoffice.Member
}

func (l listed) find(is func(m backoffice.Member) bool) (backoffice.Member, error) {
	for _, m := range l.all {
		if is(m) {
			return m, nil
		}
	}
	return backoffice.Member{}, backoffice.ErrNoMember
}

func (l listed) FindMember(_ context.Context, id string) (backoffice.Member, error) {
	return l.find(func(m backoffice.Member) bool { return m.ID == id })
}

func (l listed) FindMemberByLogin(_ context.Context, login string) (backoffice.Member, error) {
	return l.find(func(m backoffice.Member) bool { return m.Name == login || m.Email == login })
}

func (l listed) SearchMembers(context.Context, string, string, int) ([]backoffice.Member, string, error) {
	return l.all, "", nil
}

// An id that has no page here keeps no one else from being listed, or the member from
// being refused like any stranger.
func TestAMemberMayHaveAnyID(t *testing.T) {
	ids := map[string]bool{
		"A1": true, "a1": true, "a/b c": true, "a%2Fb": true, "?#&+;": true, "字é": true, "CN=Ada,OU=Eng": true, "revoke": true, `<"'>`: true, strings.Repeat("x", 255): true,
		strings.Repeat("x", 256): false, "x\x00y": false, "x\xffy": false, "": false, "..": false, "/": false, "a//b": false,
	}
	all := listed{}
	for id := range ids {
		n := len(all.all)
		all.all = append(all.all, backoffice.Member{ID: id, Name: fmt.Sprintf("Mem%02d", n), Email: fmt.Sprintf("mem%d@members.example", n)})
	}
	o, sue := seated(t, func(c *backoffice.Config) { c.Members = all })
	list := sue.Get("/members")
	require.Equal(t, http.StatusOK, list.Status)
	for _, m := range all.all {
		require.Contains(t, list.Text(), m.Name+" "+m.Email, "%q", m.ID)
		if !ids[m.ID] {
			b := o.Browser()
			require.Equal(t, http.StatusUnprocessableEntity, b.Login(m.Name, memberPassword).Status, "%q", m.ID)
			require.Equal(t, http.StatusOK, b.Submit(b.Get("/forgot"), "/forgot", "email", m.Email).Status, "%q", m.ID)
			require.NotContains(t, list.Text(), "Give access : "+m.Name)
			continue
		}
		path := list.Link(m.Name)
		asked := sue.Press(sue.Get(path), path, "Review", "role="+backoffice.Moderator)
		require.Contains(t, sue.Does(asked, path, "Give access").Text(), "Access changed", "%q", m.ID)
		op, err := o.Mem.FindOperatorByMember(ctx, m.ID)
		require.NoError(t, err)
		require.Equal(t, m.Name, op.Name)
		require.Equal(t, http.StatusOK, sue.Get(path+"/revoke").Status)
	}
}
