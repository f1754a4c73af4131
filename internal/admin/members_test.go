package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/memdump"
	"github.com/postern-go/postern/store"
)

func withMembers(d *directory) func(*desk.Config) { return func(c *desk.Config) { c.Members = d } }

func withSSO(c *desk.Config) { c.SSO = &desk.SSO{URL: "https://sso.example/", Name: "Acme Sign-On"} }

func TestAMemberSignsInWithTheMemberPasswordAtOnceWithoutSSO(t *testing.T) {
	o := newOffice(t, withMembers(newDirectory("Mia")))
	op, err := o.Grant(ctx, o.boss, visit, "m-mia", []string{desk.RoleModerator})
	require.NoError(t, err)
	require.Equal(t, store.OperatorActive, op.State)
	id := o.enter(o.reread(op))
	require.True(t, id.Can("posts.delete"))
	require.Contains(t, o.mails().subjects("mia@members.example"), "access")
	for what, do := range map[string]func() error{
		"a reset mail":         func() error { return o.SendReset(ctx, o.boss, visit, op.ID) },
		"a link":               func() error { _, _, err := o.PasswordLink(ctx, o.boss, visit, op.ID); return err },
		"a temporary password": func() error { _, _, err := o.TemporaryPassword(ctx, o.boss, visit, op.ID); return err },
	} {
		o.rules(map[string]string{"two_factor.who": "recommended", "password.temporary": "on"})
		require.ErrorIs(t, do(), desk.ErrElsewhere, what)
	}
	detail, err := o.Operator(ctx, o.boss, op.ID)
	require.NoError(t, err)
	require.True(t, detail.PasswordElsewhere)
	require.False(t, detail.HasPassword)
}

func TestAMemberMakesAPasswordThatWorksHereOnlyUnderSSO(t *testing.T) {
	o := newOffice(t, withMembers(newDirectory("Mia")), withSSO)
	op, err := o.Grant(ctx, o.boss, visit, "m-mia", []string{desk.RoleModerator})
	require.NoError(t, err)
	require.Equal(t, store.OperatorInvited, op.State)
	require.Equal(t, o.now.Add(7*24*time.Hour), op.InviteExpiresAt)
	_, err = o.SignIn(ctx, visit, desk.SignInForm{Login: "Mia", Password: good})
	require.ErrorIs(t, err, desk.ErrCredentials, "the member password opens nothing here")

	o.mails()
	text := o.box.sent[len(o.box.sent)-1].Text
	_, rest, ok := strings.Cut(text, "/welcome#")
	require.True(t, ok)
	token, _, _ := strings.Cut(rest, "\n")
	require.NoError(t, o.Welcome(ctx, visit, desk.LinkForm{Token: token, Password: better, Again: better}))
	passed, err := o.SignIn(ctx, visit, desk.SignInForm{Login: "Mia", Password: better})
	require.NoError(t, err)
	require.True(t, passed.SignedIn)
	detail, err := o.Operator(ctx, o.boss, op.ID)
	require.NoError(t, err)
	require.False(t, detail.PasswordElsewhere)
	require.True(t, detail.HasPassword)
	require.NoError(t, o.SendReset(ctx, o.boss, visit, op.ID))
}

func TestGrantingAsksForAMemberWithoutAccess(t *testing.T) {
	members := newDirectory("Mia", "Boss", "With@sign")
	o := newOffice(t, withMembers(members))
	mod := []string{desk.RoleModerator}
	before := memdump.Dump(o.mem, "counters")
	for _, id := range []string{"", "m-nobody", "\x00", "\xff", strings.Repeat("x", 256)} {
		_, err := o.Grant(ctx, o.boss, visit, id, mod)
		require.ErrorIs(t, err, desk.ErrNotFound, "%q", id)
		_, err = o.PreviewGrant(ctx, o.boss, id, desk.RolesForm{Primary: desk.RoleModerator})
		require.ErrorIs(t, err, desk.ErrNotFound, "%q", id)
		_, err = o.Member(ctx, o.boss, id)
		require.ErrorIs(t, err, desk.ErrNotFound, "%q", id)
	}
	bad := (*desk.InvalidError)(nil)
	for name, do := range map[string]func() error{
		"no role":                  func() error { _, err := o.Grant(ctx, o.boss, visit, "m-mia", nil); return err },
		"an unknown role":          func() error { _, err := o.Grant(ctx, o.boss, visit, "m-mia", []string{"ghost"}); return err },
		"the name of another":      func() error { _, err := o.Grant(ctx, o.boss, visit, "m-boss", mod); return err },
		"a name that none can be":  func() error { _, err := o.Grant(ctx, o.boss, visit, "m-with@sign", mod); return err },
		"a preview without a role": func() error { _, err := o.PreviewGrant(ctx, o.boss, "m-mia", desk.RolesForm{}); return err },
		"a preview beyond": func() error {
			lesser := o.signIn(o.person("Lesser", desk.RoleAdministrator))
			before = memdump.Dump(o.mem, "counters")
			_, err := o.PreviewGrant(ctx, lesser, "m-mia", desk.RolesForm{Primary: desk.RoleSuperAdministrator})
			return err
		},
	} {
		require.ErrorAs(t, do(), &bad, name)
	}
	members.breakDown(true)
	_, err := o.Grant(ctx, o.boss, visit, "m-mia", mod)
	require.ErrorIs(t, err, errDirectory)
	require.True(t, before == memdump.Dump(o.mem, "counters"))

	members.breakDown(false)
	change, err := o.PreviewGrant(ctx, o.boss, "m-mia", desk.RolesForm{Primary: desk.RoleCommunityManager})
	require.NoError(t, err)
	require.Equal(t, []string{"See the numbers"}, change.Gains)
	require.True(t, before == memdump.Dump(o.mem, "counters"), "a preview changes nothing")
	_, err = o.Grant(ctx, o.boss, visit, "m-mia", mod)
	require.NoError(t, err)
	_, err = o.Grant(ctx, o.boss, visit, "m-mia", mod)
	require.ErrorAs(t, err, &bad, "twice")
	require.Equal(t, "taken", bad.Problems[0].Code)
}

func TestMembersAreSearchedWithTheirAccess(t *testing.T) {
	names := []string{"Mia", "Moe"}
	for i := range 5 {
		names = append(names, fmt.Sprintf("Zed%d", i))
	}
	members := newDirectory(names...)
	o := newOffice(t, withMembers(members))
	require.True(t, o.CanSearchMembers())
	op, err := o.Grant(ctx, o.boss, visit, "m-mia", []string{desk.RoleModerator, desk.RoleCommunityManager})
	require.NoError(t, err)
	require.NoError(t, o.Disable(ctx, o.boss, visit, op.ID, ""))

	var all []desk.MemberRow
	after := ""
	for pages := 1; ; pages++ {
		rows, next, err := o.SearchMembers(ctx, o.boss, "", after, 3)
		require.NoError(t, err)
		require.LessOrEqual(t, len(rows), 3)
		all = append(all, rows...)
		if after = next; next == "" {
			require.Equal(t, 3, pages)
			break
		}
	}
	require.Len(t, all, len(names))
	mia := all[0]
	require.Equal(t, []string{"Moderator", "Community manager"}, []string{mia.Roles[0].Name, mia.Roles[1].Name})
	require.Len(t, mia.Roles, 2)
	mia.Roles = nil
	require.Equal(t, desk.MemberRow{Member: members.members[0], OperatorID: op.ID, Show: store.ShowDisabled, Within: true}, mia)
	require.Equal(t, desk.MemberRow{Member: members.members[1], Within: true}, all[1])
	lesser := o.signIn(o.person("Lesser", o.customRole("Looks", desk.PermissionOperatorsView)))
	rows, _, err := o.SearchMembers(ctx, lesser, "", "", 3)
	require.NoError(t, err)
	require.Equal(t, []bool{false, true}, []bool{rows[0].Within, rows[1].Within}, "Mia holds more, Moe nothing")
	one, err := o.Member(ctx, o.boss, "m-mia")
	require.NoError(t, err)
	require.Equal(t, all[0], one)
	rows, _, err = o.SearchMembers(ctx, o.boss, "  Moe ", "", 3)
	require.NoError(t, err)
	require.Len(t, rows, 1)

	members.breakDown(true)
	rows, _, err = o.SearchMembers(ctx, o.boss, "", "", 3)
	require.ErrorIs(t, err, desk.ErrDirectory)
	require.ErrorIs(t, err, errDirectory)
	require.Empty(t, rows)
	_, err = o.Operators(ctx, o.boss, store.OperatorQuery{})
	require.NoError(t, err, "the office goes on")
}

// A community's database may refuse to be asked for it, and would look down.
func TestWhatIsNoTextIsNotSearchedFor(t *testing.T) {
	directory := newDirectory("Mia")
	o := newOffice(t, func(c *desk.Config) { c.Members = directory })
	directory.broken = true
	for _, q := range []struct{ query, after string }{{"a\x00b", ""}, {"\xff", ""}, {strings.Repeat("a", 300), ""}, {"", "1\x00"}, {"", "\xff"}} {
		rows, next, err := o.SearchMembers(ctx, o.boss, q.query, q.after, 3)
		require.NoError(t, err, "it was not asked")
		require.Empty(t, rows)
		require.Empty(t, next)
	}
}

func TestWithoutADirectoryThereAreNoMembers(t *testing.T) {
	o := newOffice(t)
	require.False(t, o.CanSearchMembers())
	_, _, err := o.SearchMembers(ctx, o.boss, "", "", 3)
	require.ErrorIs(t, err, desk.ErrNotFound)
	_, err = o.Grant(ctx, o.boss, visit, "m-mia", []string{desk.RoleModerator})
	require.ErrorIs(t, err, desk.ErrNotFound)
}
