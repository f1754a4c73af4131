package backoffice_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

func TestGrantingAMemberAccess(t *testing.T) {
	for name, sso := range map[string]*backoffice.SSO{"with their own password": nil, "under SSO": {URL: "https://login.acme.example", Name: "Acme <Login>"}} {
		t.Run(name, func(t *testing.T) {
			o, sue := seated(t, withDirectory, func(c *backoffice.Config) { c.SSO = sso })
			list := sue.get("/members")
			require.Contains(t, list.text(), "mel@example.org")
			require.Equal(t, sso != nil, strings.Contains(list.text(), "Acme <Login>"))
			shown := sue.get("/members/m-mel")
			require.Contains(t, shown.text(), "No access")
			refused := sue.press(shown, "/members/m-mel", "Review")
			require.Equal(t, http.StatusUnprocessableEntity, refused.status)
			require.Contains(t, refused.problems()["role"], "at least one role")

			before := o.dump()
			asked := sue.press(shown, "/members/m-mel", "Review", "primary="+backoffice.Moderator, "+role="+backoffice.CommunityManager)
			require.Contains(t, asked.text(), "Give access to Mel ?")
			require.Contains(t, asked.text(), "Adds Community manager")
			require.Equal(t, sso != nil, strings.Contains(asked.text(), "works here only"))
			require.True(t, before == o.dump(), "asking changes nothing")
			done := sue.does(asked, "/members/m-mel", "Give access")
			require.Contains(t, done.text(), "Access changed")
			require.Equal(t, http.StatusForbidden, sue.press(asked, "/members/m-mel", "Give access").status, "not a second time")

			op, err := o.mem.FindOperatorByMember(ctx, "m-mel")
			require.NoError(t, err)
			require.Equal(t, []string{backoffice.Moderator, backoffice.CommunityManager}, op.AllRoles())
			mel := o.browser()
			if sso == nil {
				require.Equal(t, "/", mel.login("mel@example.org", memberPassword).location)
			} else {
				require.Equal(t, http.StatusUnprocessableEntity, mel.login("mel@example.org", memberPassword).status)
				require.Equal(t, "/login?done=welcome", mel.use("/welcome", o.linkIn("welcome"), better).location)
				require.Equal(t, "/", mel.login("mel@example.org", better).location)
			}

			with := sue.get("/members?access=yes")
			require.Contains(t, with.text(), "mel@example.org")
			require.NotContains(t, with.text(), "mia@example.org")
			require.Contains(t, sue.get("/operators?origin=member").text(), "Mel")
			require.Contains(t, sue.get("/operators/"+op.ID).link("m-mel"), "/members/m-mel")

			changed := sue.press(sue.get("/members/m-mel"), "/members/m-mel", "Review changes", "-role")
			require.Contains(t, changed.text(), "Removes Community manager")
			sue.does(changed, "/members/m-mel", "Change roles")
			require.Equal(t, []string{backoffice.Moderator}, o.find(op.ID).AllRoles())

			revoked := sue.does(sue.get("/members/m-mel/revoke"), "/members/m-mel/revoke", "Remove", "reason=Left")
			require.Contains(t, revoked.text(), "Access removed")
			require.False(t, mel.signedIn())
			require.Equal(t, http.StatusNotFound, sue.get("/members/m-mel/revoke").status)
		})
	}
}

// crowded is a community with many members, which can be down.
type crowded struct {
	members
	down bool
}

var errDirectory = errors.New("directory is down")

func (c *crowded) FindMember(ctx context.Context, id string) (backoffice.Member, error) {
	if c.down {
		return backoffice.Member{}, errDirectory
	}
	return c.members.FindMember(ctx, id)
}

func (c *crowded) SearchMembers(_ context.Context, query, after string, limit int) ([]backoffice.Member, string, error) {
	if c.down {
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
		p := sue.get(at)
		require.Contains(t, at, "q=m-")
		seen += strings.Count(p.text(), "Give access : Member m-")
		at = p.link("Next page")
	}
	require.Equal(t, 120, seen)
	c.down = true
	for _, path := range []string{"/members", "/members/m-mel", "/members/m-mel/revoke"} {
		down := sue.get(path)
		require.Equal(t, http.StatusServiceUnavailable, down.status, path)
		require.Contains(t, down.text(), "The community does not answer", path)
	}
	require.Contains(t, o.log.String(), "directory is down")

	t.Run("without one there is no such page", func(t *testing.T) {
		_, sue := seated(t)
		require.Empty(t, sue.get("/").link("Members"))
		for _, path := range []string{"/members", "/members?access=yes", "/members/m-mel", "/members/m-mel/revoke"} {
			require.Equal(t, http.StatusNotFound, sue.get(path).status, path)
		}
	})
}

func TestManyMembersWithAccess(t *testing.T) {
	o, sue := seated(t, withDirectory)
	for n := range 120 {
		o.add(store.Operator{MemberID: fmt.Sprintf("m-%03d", n)}, fmt.Sprintf("member%03d", n), backoffice.Moderator)
	}
	seen, at := 0, "/members?access=yes&q=member"
	for at != "" {
		require.Contains(t, at, "access=yes")
		p := sue.get(at)
		seen += strings.Count(p.text(), "Change : member")
		at = p.link("Next page")
	}
	require.Equal(t, 120, seen)
}
