package desk_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// raceDesks does the same at once on as many replicas, and counts who succeeded. The
// others must have failed in the way that is allowed.
func raceDesks(o *office, n int, allowed func(err error), do func(d *desk.Desk, i int) error) int {
	errs := make([]error, n)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		d := o.Another()
		wg.Go(func() {
			<-start
			errs[i] = do(d, i)
		})
	}
	close(start)
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			allowed(err)
		}
	}
	return won
}

func TestOfManyWhoChangeTheSameOneSucceeds(t *testing.T) {
	o := staffed(t)
	changed := func(err error) { require.ErrorIs(t, err, desk.ErrChanged) }
	taken := func(err error) {
		bad := (*desk.InvalidError)(nil)
		require.ErrorAs(t, err, &bad)
		require.Equal(t, "taken", bad.Problems[0].Code)
	}
	role := o.CustomRole("Readers", "analytics.view")
	op := o.Person("Grace", desk.RoleModerator, role)
	for name, c := range map[string]struct {
		allowed func(error)
		do      func(d *desk.Desk, i int) error
	}{
		"a role": {changed, func(d *desk.Desk, i int) error {
			return d.UpdateRole(ctx, o.Boss, home, role, desk.RoleForm{Version: 1, Name: fmt.Sprintf("Readers %d", i), Permissions: []string{"analytics.view"}})
		}},
		"somebody's roles": {changed, func(d *desk.Desk, i int) error {
			return d.ChangeRoles(ctx, o.Boss, home, op.ID, desk.RolesForm{Version: op.Version, Primary: desk.RoleCommunityManager})
		}},
		"the parameters": {func(err error) {
			if stale := (*desk.StaleError)(nil); !errors.As(err, &stale) {
				changed(err)
			}
		}, func(d *desk.Desk, i int) error {
			_, err := d.SaveParameters(ctx, o.Boss, home, desk.ParametersForm{Revision: 2, Values: map[string]string{"session.idle": fmt.Sprintf("%dm", 10+i)}})
			return err
		}},
		"the name of a new role": {taken, func(d *desk.Desk, i int) error {
			_, err := d.CreateRole(ctx, o.Boss, home, desk.RoleForm{Name: "Same", Permissions: []string{"analytics.view"}})
			return err
		}},
	} {
		require.Equal(t, 1, raceDesks(o, 8, c.allowed, c.do), name)
	}
}

func TestOfManyWhoInviteTheSamePersonOneLinkWorks(t *testing.T) {
	o := staffed(t)
	ids, links := map[string]bool{}, []string{}
	var mu sync.Mutex
	raceDesks(o, 8, func(err error) {
		if bad := (*desk.InvalidError)(nil); !errors.As(err, &bad) {
			require.ErrorIs(t, err, desk.ErrChanged)
		}
	}, func(d *desk.Desk, _ int) error {
		op, link, err := d.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "new@example.org", Roles: []string{desk.RoleModerator}})
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			ids[op.ID], links = true, append(links, link)
		}
		return err
	})
	require.Len(t, ids, 1, "one person, however often they are invited")
	opened := 0
	for _, link := range links {
		_, token, _ := strings.Cut(link, "#")
		if o.Welcome(ctx, home, desk.LinkForm{Token: token, Password: better, Again: better}) == nil {
			opened++
		}
	}
	require.Equal(t, 1, opened)
}

func TestARoleDeletedWhileItIsGivenIsHeldByNobody(t *testing.T) {
	for range 20 {
		o := staffed(t)
		role := o.CustomRole("Readers", "analytics.view")
		op := o.Person("Grace", desk.RoleModerator, role)
		raceDesks(o, 2, func(err error) {
			// The role was gone before it was looked at, or after.
			if bad := (*desk.InvalidError)(nil); !errors.As(err, &bad) {
				require.ErrorIs(t, err, desk.ErrChanged)
			}
		}, func(d *desk.Desk, i int) error {
			if i == 0 {
				return d.DeleteRole(ctx, o.Boss, home, role, 1, desk.RoleCommunityManager)
			}
			return d.ChangeRoles(ctx, o.Boss, home, op.ID, desk.RolesForm{Version: op.Version, Primary: role})
		})
		id := o.Entered(o.Find(op.ID))
		if _, err := o.Mem.FindRole(ctx, role); err != nil {
			require.False(t, id.HasRole(role))
		}
	}
}

func TestParametersAndRightsBindOnTheNextRequestElsewhere(t *testing.T) {
	o := staffed(t)
	elsewhere := o.Another()
	op := o.Person("Grace", o.CustomRole("Readers", "analytics.view"))
	passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: good})
	require.NoError(t, err)
	id, err := elsewhere.Authenticate(ctx, home, passed.Token)
	require.NoError(t, err)
	require.True(t, id.Can("analytics.view"))

	_, err = o.SaveParameters(ctx, o.Boss, home, desk.ParametersForm{Revision: 2, Values: map[string]string{"session.idle": "1m"}})
	require.NoError(t, err)
	require.NoError(t, o.UpdateRole(ctx, o.Boss, home, op.PrimaryRole, desk.RoleForm{Version: 1, Name: "Readers", Permissions: []string{"posts.delete"}}))
	id, err = elsewhere.Authenticate(ctx, home, passed.Token)
	require.NoError(t, err)
	require.False(t, id.Can("analytics.view"))
	require.True(t, id.Can("posts.delete"))
	require.Equal(t, "1m0s", elsewhere.Settings().Session.Idle.String())
}

func TestALinkMadeForALesserOneDoesNotOpenAHigherOne(t *testing.T) {
	o := staffed(t)
	op := o.Person("Grace", desk.RoleModerator)
	lesser := o.Actor(o.Person("Lesser", desk.RoleAdministrator))
	link, _, err := o.PasswordLink(ctx, lesser, home, op.ID)
	require.NoError(t, err)
	require.NoError(t, o.ChangeRoles(ctx, o.Boss, home, op.ID, desk.RolesForm{Version: op.Version, Primary: desk.RoleSuperAdministrator}))
	require.ErrorIs(t, o.Reset(ctx, home, desk.LinkForm{Token: link, Password: better, Again: better}), desk.ErrLink)

	_, _, err = o.PasswordLink(ctx, lesser, home, op.ID)
	require.ErrorIs(t, err, desk.ErrForbidden)
}

func TestWhoeverIsRenamedSignsInUnderTheNewName(t *testing.T) {
	o := staffed(t)
	op := o.Person("Grace", desk.RoleModerator)
	require.NoError(t, o.RenameOperator(ctx, o.Boss, home, op.ID, op.Version, "Hopper"))
	_, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Hopper", Password: good})
	require.NoError(t, err)
	_, err = o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: good})
	require.ErrorIs(t, err, desk.ErrCredentials)
}

func TestAMailCountsAgainstWhoeverHasItSent(t *testing.T) {
	o := staffed(t)
	op := o.Person("Grace", desk.RoleModerator)
	for range 60 {
		require.NoError(t, o.SendReset(ctx, o.Boss, home, op.ID))
	}
	limited := (*desk.LimitedError)(nil)
	require.ErrorAs(t, o.SendReset(ctx, o.Boss, home, op.ID), &limited)
	_, _, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "new@example.org", Roles: []string{desk.RoleModerator}})
	require.ErrorAs(t, err, &limited)
	require.NoError(t, o.SendReset(ctx, desk.CommandLine(), home, op.ID))
	o.Sent.Refuse(&mail.DeliveryError{Permanent: true, Reply: "550 no"})
	o.Delivered()
	failed, err := o.Mails(ctx, o.Boss, store.MailQuery{State: store.MailFailed, Limit: 1})
	require.NoError(t, err)
	require.ErrorAs(t, o.ResendMail(ctx, o.Boss, home, failed.Rows[0].ID), &limited)
}
