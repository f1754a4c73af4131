package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func withMembers(d *testoffice.Directory) func(*desk.Config) {
	return func(c *desk.Config) { c.Members = d }
}

func withSSO(c *desk.Config) { c.SSO = &desk.SSO{URL: "https://sso.example/", Name: "Acme Sign-On"} }

func TestAMemberSignsInWithTheMemberPasswordAtOnceWithoutSSO(t *testing.T) {
	o := staffed(t, withMembers(testoffice.NewDirectory("Mia")))
	op, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleModerator})
	require.NoError(t, err)
	require.Equal(t, store.OperatorActive, op.State)
	id := o.Entered(o.Find(op.ID))
	require.True(t, id.Can("posts.delete"))
	require.Contains(t, o.Delivered().Subjects("mia@members.example"), "access")
	require.NotContains(t, o.Letter("mia@members.example").Text, "#", "no link")
	for what, do := range map[string]func() error{
		"a reset mail":         func() error { return o.SendReset(ctx, o.Boss, home, op.ID) },
		"a link":               func() error { _, _, err := o.PasswordLink(ctx, o.Boss, home, op.ID); return err },
		"a temporary password": func() error { _, _, err := o.TemporaryPassword(ctx, o.Boss, home, op.ID); return err },
	} {
		o.Rules(map[string]string{"two_factor.who": "recommended", "password.temporary": "on"})
		require.ErrorIs(t, do(), desk.ErrElsewhere, what)
	}
	detail, err := o.Operator(ctx, o.Boss, op.ID)
	require.NoError(t, err)
	require.True(t, detail.PasswordElsewhere)
	require.False(t, detail.HasPassword)
}

func TestAMemberMakesAPasswordThatWorksHereOnlyUnderSSO(t *testing.T) {
	o := staffed(t, withMembers(testoffice.NewDirectory("Mia")), withSSO)
	op, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleModerator})
	require.NoError(t, err)
	require.Equal(t, store.OperatorInvited, op.State)
	require.Equal(t, o.Now().Add(7*24*time.Hour), op.InviteExpiresAt)
	_, err = o.SignIn(ctx, home, desk.SignInForm{Login: "Mia", Password: good})
	require.ErrorIs(t, err, desk.ErrCredentials, "the member password opens nothing here")

	o.Delivered()
	text := o.Sent.All()[len(o.Sent.All())-1].Text
	_, rest, ok := strings.Cut(text, "/welcome#")
	require.True(t, ok)
	token, _, _ := strings.Cut(rest, "\n")
	require.NoError(t, o.Welcome(ctx, home, desk.LinkForm{Token: token, Password: better, Again: better}))
	_, err = o.Login("Mia", good)
	require.ErrorIs(t, err, desk.ErrCredentials, "nor afterwards")
	passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Mia", Password: better})
	require.NoError(t, err)
	require.True(t, passed.SignedIn)
	detail, err := o.Operator(ctx, o.Boss, op.ID)
	require.NoError(t, err)
	require.False(t, detail.PasswordElsewhere)
	require.True(t, detail.HasPassword)
	require.NoError(t, o.SendReset(ctx, o.Boss, home, op.ID))
}

func TestGrantingAsksForAMemberWithoutAccess(t *testing.T) {
	members := testoffice.NewDirectory("Mia", "Boss", "Noa")
	o := staffed(t, withMembers(members))
	mod := []string{desk.RoleModerator}
	before := o.Dump("counters")
	for _, id := range []string{"", "m-nobody", "\x00", "\xff", strings.Repeat("x", 256)} {
		_, err := o.Grant(ctx, o.Boss, home, id, mod)
		require.ErrorIs(t, err, desk.ErrNotFound, "%q", id)
		_, err = o.PreviewGrant(ctx, o.Boss, id, desk.GrantForm{Roles: mod})
		require.ErrorIs(t, err, desk.ErrNotFound, "%q", id)
		_, err = o.Member(ctx, o.Boss, id)
		require.ErrorIs(t, err, desk.ErrNotFound, "%q", id)
	}
	bad := (*desk.InvalidError)(nil)
	for name, do := range map[string]func() error{
		"no role":         func() error { _, err := o.Grant(ctx, o.Boss, home, "m-mia", nil); return err },
		"an unknown role": func() error { _, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{"ghost"}); return err },
		"the name of another": func() error {
			_, err := o.GrantAs(ctx, o.Boss, home, "m-mia", desk.GrantForm{Name: "boss", Roles: mod})
			return err
		},
		"a name that none can be": func() error {
			_, err := o.GrantAs(ctx, o.Boss, home, "m-mia", desk.GrantForm{Name: "mi@", Roles: mod})
			return err
		},
		"another member's name": func() error {
			_, err := o.GrantAs(ctx, o.Boss, home, "m-boss", desk.GrantForm{Name: "Mia", Roles: mod})
			return err
		},
		"a preview without a role": func() error { _, err := o.PreviewGrant(ctx, o.Boss, "m-mia", desk.GrantForm{}); return err },
		"a preview beyond": func() error {
			lesser := o.Actor(o.Person("Lesser", desk.RoleAdministrator))
			before = o.Dump("counters")
			_, err := o.PreviewGrant(ctx, lesser, "m-mia", desk.GrantForm{Roles: []string{desk.RoleSuperAdministrator}})
			return err
		},
	} {
		require.ErrorAs(t, do(), &bad, name)
	}
	members.Break(true)
	_, err := o.Grant(ctx, o.Boss, home, "m-mia", mod)
	require.ErrorIs(t, err, testoffice.ErrDirectory)
	members.Break(false)
	o.Members = liar{members}
	_, err = o.Grant(ctx, o.Boss, home, "m-mia", mod)
	require.ErrorIs(t, err, desk.ErrDirectory, "someone else would get access")
	o.Members = members
	require.True(t, before == o.Dump("counters"))

	change, err := o.PreviewGrant(ctx, o.Boss, "m-mia", desk.GrantForm{Roles: []string{desk.RoleCommunityManager}})
	require.NoError(t, err)
	require.Equal(t, []string{"See the numbers"}, english(change.Gains))
	require.True(t, before == o.Dump("counters"), "a preview changes nothing")
	_, err = o.Grant(ctx, o.Boss, home, "m-mia", mod)
	require.NoError(t, err)
	_, err = o.Grant(ctx, o.Boss, home, "m-mia", mod)
	require.ErrorAs(t, err, &bad, "twice")
	require.Equal(t, "taken", bad.Problems[0].Code)
}

func TestMembersAreSearchedWithTheirAccess(t *testing.T) {
	names := []string{"Mia", "Moe"}
	for i := range 5 {
		names = append(names, fmt.Sprintf("Zed%d", i))
	}
	members := testoffice.NewDirectory(names...)
	o := staffed(t, withMembers(members))
	require.True(t, o.CanSearchMembers())
	op, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleModerator, desk.RoleCommunityManager})
	require.NoError(t, err)
	require.NoError(t, o.Disable(ctx, o.Boss, home, op.ID, ""))

	var all []desk.MemberRow
	after := ""
	for pages := 1; ; pages++ {
		rows, next, err := o.SearchMembers(ctx, o.Boss, "", after, 3)
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
	require.Equal(t, desk.MemberRow{
		Member: desk.Member{ID: "m-mia", Name: "Mia", Email: "mia@members.example"}, OperatorID: op.ID, OperatorName: "Mia", Show: store.ShowDisabled, Within: true,
	}, mia)
	require.Equal(t, desk.MemberRow{Member: desk.Member{ID: "m-moe", Name: "Moe", Email: "moe@members.example"}, Within: true}, all[1])
	lesser := o.Actor(o.Person("Lesser", o.CustomRole("Looks", desk.PermissionOperatorsView)))
	rows, _, err := o.SearchMembers(ctx, lesser, "", "", 3)
	require.NoError(t, err)
	require.Equal(t, []bool{false, true}, []bool{rows[0].Within, rows[1].Within}, "Mia holds more, Moe nothing")
	one, err := o.Member(ctx, o.Boss, "m-mia")
	require.NoError(t, err)
	require.Equal(t, all[0], one)
	rows, _, err = o.SearchMembers(ctx, o.Boss, "  Moe ", "", 3)
	require.NoError(t, err)
	require.Len(t, rows, 1)

	members.Break(true)
	rows, _, err = o.SearchMembers(ctx, o.Boss, "", "", 3)
	require.ErrorIs(t, err, desk.ErrDirectory)
	require.ErrorIs(t, err, testoffice.ErrDirectory)
	require.Empty(t, rows)
	_, err = o.Operators(ctx, o.Boss, store.OperatorQuery{})
	require.NoError(t, err, "the office goes on")
}

// A community's database may refuse to be asked for it, and would look down.
func TestWhatIsNoTextIsNotSearchedFor(t *testing.T) {
	directory := testoffice.NewDirectory("Mia")
	o := staffed(t, func(c *desk.Config) { c.Members = directory })
	directory.Break(true)
	for _, q := range []struct{ query, after string }{{"a\x00b", ""}, {"\xff", ""}, {strings.Repeat("a", 300), ""}, {"", "1\x00"}, {"", "\xff"}} {
		rows, next, err := o.SearchMembers(ctx, o.Boss, q.query, q.after, 3)
		require.NoError(t, err, "it was not asked")
		require.Empty(t, rows)
		require.Empty(t, next)
	}
}

func TestWithoutADirectoryThereAreNoMembers(t *testing.T) {
	o := staffed(t)
	require.False(t, o.CanSearchMembers())
	_, _, err := o.SearchMembers(ctx, o.Boss, "", "", 3)
	require.ErrorIs(t, err, desk.ErrNotFound)
	_, err = o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleModerator})
	require.ErrorIs(t, err, desk.ErrNotFound)
}

// asked is a directory that remembers what it was asked.
type asked struct {
	*testoffice.Directory
	calls []string
}

func (a *asked) FindMember(ctx context.Context, id string) (desk.Member, error) {
	a.calls = append(a.calls, "FindMember")
	return a.Directory.FindMember(ctx, id)
}

func (a *asked) FindMemberByLogin(ctx context.Context, login string) (desk.Member, error) {
	a.calls = append(a.calls, "FindMemberByLogin")
	return a.Directory.FindMemberByLogin(ctx, login)
}

func (a *asked) CheckMemberPassword(ctx context.Context, id, password string) (bool, error) {
	a.calls = append(a.calls, "CheckMemberPassword")
	return a.Directory.CheckMemberPassword(ctx, id, password)
}

func TestAWrongPasswordAsksTheDirectoryTheSameForEverybody(t *testing.T) {
	members := &asked{Directory: testoffice.NewDirectory("Mia", "Moe")}
	o := newOffice(t, func(c *desk.Config) { c.Members = members })
	o.Person("Ada", desk.RoleModerator)
	o.Add(store.Operator{State: store.OperatorActive, MemberID: "m-mia", Email: "mia@members.example"}, "Mia", desk.RoleModerator)
	for _, login := range []string{"Zoe", "Ada", "Mia", "Moe", "mia@members.example"} {
		members.calls = nil
		o.fail(home, login)
		require.Equal(t, []string{"FindMemberByLogin", "CheckMemberPassword"}, members.calls, login)
	}
}
