package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func TestOneOperatorInvitesSixtyPeopleAnHour(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	op := o.Find(o.Identity(ada.Token).Operator.ID)
	actor := func() desk.Actor { return o.Identity(o.sessionOf(op)).Actor() }
	invite := func(a desk.Actor, i int) error {
		_, _, err := o.Invite(ctx, a, home, desk.InviteForm{Email: fmt.Sprintf("p%d@example.org", i), Roles: []string{desk.RoleModerator}})
		return err
	}
	for range 100 {
		requireProblem(t, func() error {
			_, _, err := o.Invite(ctx, actor(), home, desk.InviteForm{Email: op.Email, Roles: []string{desk.RoleModerator}})
			return err
		}(), "email", "taken")
	}
	for i := range 60 {
		require.NoError(t, invite(actor(), i))
	}
	requireLimited(t, invite(actor(), 60), o.Now().Add(time.Hour))
	_, err := o.Mem.FindOperatorByLogin(ctx, "p60@example.org")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, invite(desk.CommandLine(), 60))
	_, ben := o.Enrolled("Ben", desk.RoleSuperAdministrator)
	require.NoError(t, invite(o.Identity(ben.Token).Actor(), 61), "another operator is not concerned")
	o.Clock.Add(time.Hour)
	require.NoError(t, invite(actor(), 62))
}

func TestANameMadeOfTheAddressIsOneThatIsFree(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct{ email, want string }{
		{"ada@example.org", "ada"},
		{"ada@meadow.example", "ada (meadow)"},
		{"ADA@Other.example", "ADA (other)"},
		{"ada@meadow.test", "ada 2"},
		{"ada@meadow.invalid", "ada 3"},
		{strings.Repeat("x", 60) + "@example.org", strings.Repeat("x", 59)},
	} {
		op, _, err := o.Invite(ctx, desk.CommandLine(), home, desk.InviteForm{Email: c.email, Roles: []string{desk.RoleModerator}})
		require.NoError(t, err, c.email)
		require.Equal(t, c.want, op.Name)
	}
	_, _, err := o.Invite(ctx, desk.CommandLine(), home, desk.InviteForm{Email: "new@example.org", Name: "Ada", Roles: []string{desk.RoleModerator}})
	requireProblem(t, err, "name", "taken")

	t.Run("also when somebody takes it at the same moment", func(t *testing.T) {
		d := o.While("PutOperator", func() { o.Person("Grace", desk.RoleModerator) })
		op, _, err := d.Invite(ctx, desk.CommandLine(), home, desk.InviteForm{Email: "grace@navy.example", Roles: []string{desk.RoleModerator}})
		require.NoError(t, err)
		require.Equal(t, "grace (navy)", op.Name)
		require.Contains(t, o.Letter("grace@navy.example").Text, "Hello grace (navy),")
	})
}

func TestEveryActiveOperatorIsToldWhereTheOfficeIsNow(t *testing.T) {
	prepare := func(t *testing.T) (*office, in) {
		o := newOffice(t)
		for i := range 210 {
			o.Add(store.Operator{State: store.OperatorActive}, fmt.Sprintf("Person%03d", i), desk.RoleModerator)
		}
		o.Add(store.Operator{State: store.OperatorDisabled}, "Disa", desk.RoleModerator)
		o.Add(store.Operator{State: store.OperatorActive}, "Norole")
		o.Add(store.Operator{State: store.OperatorActive}, "No address", desk.RoleModerator)
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		_, err := o.Deliver(ctx)
		require.NoError(t, err)
		return o, ada
	}
	told := func(o *office, before int) int {
		_, err := o.Deliver(ctx)
		require.NoError(o.T, err)
		seen := map[string]bool{}
		for _, m := range o.Sent.All()[before:] {
			require.Contains(o.T, m.Text, origin+"/"+o.Alias()+"/")
			require.False(o.T, seen[m.To])
			seen[m.To] = true
		}
		require.False(o.T, seen["disa@example.org"] || seen["norole@example.org"])
		return len(seen)
	}
	t.Run("from the command line at once", func(t *testing.T) {
		o, _ := prepare(t)
		before := len(o.Sent.All())
		_, err := o.RotateAlias(ctx, desk.CommandLine(), desk.Visit{})
		require.NoError(t, err)
		require.Equal(t, 211, told(o, before))
	})
	t.Run("from inside when it is confirmed", func(t *testing.T) {
		o, ada := prepare(t)
		before := len(o.Sent.All())
		_, err := o.RotateAlias(ctx, o.Identity(ada.Token).Actor(), home)
		require.NoError(t, err)
		require.Zero(t, told(o, before))
		require.NoError(t, o.Another().ConfirmAlias(ctx, o.Identity(ada.Token).Actor(), home))
		require.Equal(t, 211, told(o, before))
	})
	t.Run("and not of a move that did not happen", func(t *testing.T) {
		o, _ := prepare(t)
		before := len(o.Sent.All())
		d := o.While("PutParameters", func() { o.Set(map[string]string{"session.idle": "10m"}) })
		_, err := d.RotateAlias(ctx, desk.CommandLine(), desk.Visit{})
		require.ErrorIs(t, err, desk.ErrChanged)
		require.Zero(t, told(o, before))
	})
}
