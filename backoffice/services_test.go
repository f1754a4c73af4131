package backoffice_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// services are all that change something, with the event that says so. Each is
// done to Bob, a moderator, or to what it makes itself.
var services = []struct {
	name, event string
	prepare     func(*office)
	do          func(context.Context, *backoffice.Services) error
}{
	{"invite", "operator.invited", nil, func(ctx context.Context, s *backoffice.Services) error {
		link, err := s.Invite(ctx, "new@example.org", "", backoffice.Moderator)
		if err == nil && link == "" {
			panic("no link")
		}
		return err
	}},
	{"cancel an invitation", "operator.invitation_cancelled", func(o *office) {
		o.Change("id-of-bob", func(op *store.Operator) { op.State = store.OperatorInvited })
	}, func(ctx context.Context, s *backoffice.Services) error { return s.CancelInvitation(ctx, "Bob") }},
	{"grant", "operator.granted", nil, func(ctx context.Context, s *backoffice.Services) error {
		return s.Grant(ctx, "m-mel", backoffice.Moderator)
	}},
	{"change roles", "operator.roles_changed", nil, func(ctx context.Context, s *backoffice.Services) error {
		return s.ChangeRoles(ctx, "bob@example.org", backoffice.CommunityManager, backoffice.Moderator)
	}},
	{"take all roles", "operator.roles_changed", nil, func(ctx context.Context, s *backoffice.Services) error {
		return s.ChangeRoles(ctx, "Bob")
	}},
	{"disable", "operator.disabled", nil, func(ctx context.Context, s *backoffice.Services) error { return s.Disable(ctx, "Bob", "left") }},
	{"enable", "operator.enabled", func(o *office) {
		o.Change("id-of-bob", func(op *store.Operator) { op.State = store.OperatorDisabled })
	}, func(ctx context.Context, s *backoffice.Services) error { return s.Enable(ctx, "Bob") }},
	{"invite until a day", "operator.invited", nil, func(ctx context.Context, s *backoffice.Services) error {
		_, err := s.InviteUntil(ctx, "new@example.org", "New", time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), backoffice.Moderator)
		return err
	}},
	{"choose the last day", "operator.end_changed", nil, func(ctx context.Context, s *backoffice.Services) error {
		return s.SetLastDay(ctx, "Bob", time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	}},
	{"enable until a day", "operator.enabled", func(o *office) {
		o.Change("id-of-bob", func(op *store.Operator) { op.State, op.EndsAt = store.OperatorDisabled, o.Clock.Now() })
	}, func(ctx context.Context, s *backoffice.Services) error {
		return s.EnableUntil(ctx, "Bob", time.Time{})
	}},
	{"delete", "operator.deleted", nil, func(ctx context.Context, s *backoffice.Services) error { return s.Delete(ctx, "Bob", "left") }},
	{"end sessions", "operator.sessions_ended", nil, func(ctx context.Context, s *backoffice.Services) error { return s.EndSessions(ctx, "id-of-bob") }},
	{"unlock", "operator.unlocked", nil, func(ctx context.Context, s *backoffice.Services) error { return s.Unlock(ctx, "Bob") }},
	{"reset two-factor", "two_factor.reset", nil, func(ctx context.Context, s *backoffice.Services) error {
		return s.ResetTwoFactor(ctx, "Bob", "lost the phone")
	}},
	{"send a mail", "mail.written", nil, func(ctx context.Context, s *backoffice.Services) error {
		return s.SendMessage(ctx, "Bob", backoffice.Message{Subject: "12 posts wait", Paragraphs: []string{"Since yesterday."}, Button: "See them", Path: "/moderation?x=1"})
	}},
	{"make a password link", "password.link_made", nil, func(ctx context.Context, s *backoffice.Services) error {
		link, _, err := s.CreateResetLink(ctx, "Bob")
		if err == nil && link == "" {
			panic("no link")
		}
		return err
	}},
	{"send a reset link", "password.reset_sent", nil, func(ctx context.Context, s *backoffice.Services) error { return s.SendResetLink(ctx, "Bob") }},
}

// onPage is a page of the host's that does something with the office.
func onPage(o *office) func(b *browser, do func(context.Context)) {
	var next func(context.Context)
	o.Inside.HandleFunc("GET /do", func(_ http.ResponseWriter, r *http.Request) { next(r.Context()) })
	return func(b *browser, do func(context.Context)) {
		ran := false
		next = func(ctx context.Context) { ran = true; do(ctx) }
		answer := b.Get("/do")
		require.True(b.T, ran, answer.Text())
	}
}

func withMembers(c *backoffice.Config) { c.Members = members{} }

func TestServicesActWithTheRightsOfWhoIsSignedIn(t *testing.T) {
	for _, s := range services {
		o := newOffice(t, withMembers)
		run := onPage(o)
		mod, ada := o.Enrolled("Mod", backoffice.Moderator), o.Enrolled("Ada", backoffice.Administrator)
		o.Person("Bob", backoffice.Moderator)
		if s.prepare != nil {
			s.prepare(o)
		}
		try := func(b *browser) (err error) {
			run(b, func(ctx context.Context) { err = s.do(ctx, o.Services) })
			return err
		}
		require.ErrorIs(t, s.do(ctx, o.Services), backoffice.ErrSignedOut, s.name)
		require.ErrorIs(t, try(mod.Browser), backoffice.ErrForbidden, s.name)
		require.Equal(t, 1, o.Count("permission.denied"), "%s: the refusal is written down", s.name)
		require.NoError(t, try(ada.Browser), s.name)
		events := o.Events()
		last := events[len(events)-1]
		require.Equal(t, s.event, last.Code, s.name)
		require.Equal(t, ada.ID, last.ActorID, "%s: the audit names who did it", s.name)
		require.NotEmpty(t, last.IP, s.name)
	}
}

func TestServicesAskForAProofOfIdentity(t *testing.T) {
	o := newOffice(t, withMembers)
	run := onPage(o)
	ada := o.Enrolled("Ada", backoffice.Administrator)
	o.Person("Bob", backoffice.Moderator)
	o.Clock.Add(6 * time.Minute)
	for _, s := range services {
		before := o.Events()
		var err error
		run(ada.Browser, func(ctx context.Context) { err = s.do(ctx, o.Services) })
		require.ErrorIs(t, err, backoffice.ErrStepUp, s.name)
		require.Equal(t, before, o.Events(), s.name)
	}
}

func TestTheCommandLineHasTheSameServices(t *testing.T) {
	for _, s := range services {
		o := newOffice(t, withMembers)
		o.Person("Bob", backoffice.Moderator)
		if s.prepare != nil {
			s.prepare(o)
		}
		require.NoError(t, s.do(ctx, o.CommandLine()), s.name)
		events := o.Events()
		last := events[len(events)-1]
		require.Equal(t, s.event, last.Code, s.name)
		require.Equal(t, "command-line", last.ActorID, s.name)
	}
}

func TestServicesNeverReachFurtherThanWhoActs(t *testing.T) {
	o := newOffice(t, withMembers)
	run := onPage(o)
	ada := o.Enrolled("Ada", backoffice.Administrator)
	o.Person("Root", backoffice.SuperAdministrator)
	run(ada.Browser, func(ctx context.Context) {
		require.ErrorIs(t, o.Disable(ctx, "Root", ""), backoffice.ErrForbidden)
		require.ErrorIs(t, o.ChangeRoles(ctx, "Root", backoffice.Moderator), backoffice.ErrForbidden)
		err := o.Grant(ctx, "m-mel", backoffice.SuperAdministrator)
		bad := (*backoffice.InvalidError)(nil)
		require.ErrorAs(t, err, &bad)
		require.Equal(t, "role", bad.Problems[0].Field)
		require.EqualError(t, err, bad.Problems[0].Text, "the text is for people")
		require.ErrorIs(t, o.Grant(ctx, "m-nobody", backoffice.Moderator), backoffice.ErrNotFound)
		require.ErrorIs(t, o.Disable(ctx, "nobody", ""), backoffice.ErrNotFound)
		roles, err := o.Roles(ctx)
		require.NoError(t, err)
		require.NotContains(t, roleIDs(roles), backoffice.SuperAdministrator)
		require.Contains(t, roleIDs(roles), backoffice.Moderator)
	})
	require.ErrorIs(t, o.CommandLine().Disable(ctx, "Root", ""), backoffice.ErrLastSuperAdministrator)
}

func roleIDs(roles []backoffice.Role) []string {
	var ids []string
	for _, r := range roles {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestTheBuiltInRolesHaveTheirNames(t *testing.T) {
	roles, err := newOffice(t).CommandLine().Roles(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{backoffice.SuperAdministrator, backoffice.Administrator, backoffice.CommunityManager, backoffice.Moderator}, roleIDs(roles))
}

func asJSON(t *testing.T, v any) string {
	encoded, err := json.Marshal(v)
	require.NoError(t, err)
	return string(encoded)
}

func TestOperatorsAreFoundByIDNameAndAddress(t *testing.T) {
	o := newOffice(t, withMembers)
	run := onPage(o)
	ada, mod := o.Enrolled("Ada", backoffice.Administrator), o.Enrolled("Mod", backoffice.Moderator, backoffice.CommunityManager)
	run(ada.Browser, func(ctx context.Context) {
		for _, who := range []string{mod.ID, "mod", "MOD@example.org"} {
			found, err := o.Operator(ctx, who)
			require.NoError(t, err)
			expected := backoffice.Operator{
				ID: mod.ID, Name: "Mod", Email: mod.Email, State: "active", TwoFactor: true, LastActiveAt: o.Clock.Now(),
				Roles: []string{backoffice.Moderator, backoffice.CommunityManager},
			}
			require.JSONEq(t, asJSON(t, expected), asJSON(t, found))
			all, err := o.Operators(ctx)
			require.NoError(t, err)
			listed := all[slices.IndexFunc(all, func(op backoffice.Operator) bool { return op.ID == mod.ID })]
			require.JSONEq(t, asJSON(t, expected), asJSON(t, listed), "the list says the same")
			for _, permission := range []string{"posts.delete", "analytics.view", "operators.view", "nobody.declared", ""} {
				require.Equal(t, slices.Contains([]string{"posts.delete", "analytics.view"}, permission), found.Can(permission), permission)
				require.Equal(t, slices.Contains([]string{"posts.delete", "analytics.view"}, permission), listed.Can(permission), permission)
			}
		}
	})
	run(mod.Browser, func(ctx context.Context) {
		_, err := o.Operator(ctx, ada.ID)
		require.ErrorIs(t, err, backoffice.ErrForbidden)
		_, err = o.Operators(ctx)
		require.ErrorIs(t, err, backoffice.ErrForbidden)
		_, err = o.Roles(ctx)
		require.ErrorIs(t, err, backoffice.ErrForbidden)
	})
}

func TestServicesOfOneOfficeAreNotThoseOfAnother(t *testing.T) {
	o, other := newOffice(t), newOffice(t)
	run := onPage(o)
	root := o.Enrolled("Root", backoffice.SuperAdministrator)
	run(root.Browser, func(ctx context.Context) {
		_, err := other.Operators(ctx)
		require.ErrorIs(t, err, backoffice.ErrSignedOut)
	})
}

func TestParametersAreReadAndChangedFromCode(t *testing.T) {
	o := newOffice(t)
	run := onPage(o)
	ada, root := o.Enrolled("Ada", backoffice.Administrator), o.Enrolled("Root", backoffice.SuperAdministrator)
	shorter := map[string]string{"session.idle": "10m", "invite.life": "2d"}
	run(ada.Browser, func(ctx context.Context) {
		_, err := o.Parameters(ctx)
		require.ErrorIs(t, err, backoffice.ErrForbidden)
		_, err = o.SetParameters(ctx, shorter)
		require.ErrorIs(t, err, backoffice.ErrForbidden)
	})
	_, err := o.SetParameters(ctx, shorter)
	require.ErrorIs(t, err, backoffice.ErrSignedOut)
	for name, s := range map[string]func(do func(context.Context, *backoffice.Services)){
		"root": func(do func(context.Context, *backoffice.Services)) {
			run(root.Browser, func(ctx context.Context) { do(ctx, o.Services) })
		},
		"the command line": func(do func(context.Context, *backoffice.Services)) { do(ctx, o.CommandLine()) },
	} {
		o.Set(nil)
		s(func(ctx context.Context, s *backoffice.Services) {
			changes, err := s.SetParameters(ctx, shorter)
			require.NoError(t, err, name)
			require.Len(t, changes, 2, name)
			changes, err = s.SetParameters(ctx, shorter)
			require.NoError(t, err, name)
			require.Empty(t, changes, "%s: they are so already", name)
			list, err := s.Parameters(ctx)
			require.NoError(t, err, name)
			for _, p := range list {
				if p.Name == "session.idle" {
					require.Equal(t, "10m", p.Value, name)
					require.Equal(t, "30m", p.Default, name)
				}
			}
			_, err = s.SetParameters(ctx, map[string]string{"session.idle": "20m", "no.such": "1"})
			require.ErrorIs(t, err, backoffice.ErrNotFound, name)
			_, err = s.SetParameters(ctx, map[string]string{"session.idle": "9000h", "invite.life": "3d"})
			bad := (*backoffice.InvalidError)(nil)
			require.ErrorAs(t, err, &bad, name)
			require.Equal(t, "session.idle", bad.Problems[0].Field, name)
			p, err := o.Mem.LoadParameters(ctx)
			require.NoError(t, err)
			require.Equal(t, shorter, p.Values, "%s: all of them or none", name)
		})
	}
	o.Clock.Add(6 * time.Minute)
	run(root.Browser, func(ctx context.Context) {
		_, err := o.SetParameters(ctx, map[string]string{"session.idle": "15m"})
		require.ErrorIs(t, err, backoffice.ErrStepUp)
	})
}

func TestAChangeOfRolesCanBeSeenBeforehand(t *testing.T) {
	o := newOffice(t)
	run := onPage(o)
	ada := o.Enrolled("Ada", backoffice.Administrator)
	o.Person("Bob", backoffice.Moderator)
	run(ada.Browser, func(ctx context.Context) {
		change, err := o.PreviewRoles(ctx, "Bob", backoffice.CommunityManager)
		require.NoError(t, err)
		require.Equal(t, []string{"See the numbers"}, change.Gains)
		require.Equal(t, []string{"Delete posts"}, change.Loses)
	})
	require.Equal(t, backoffice.Moderator, o.Find("id-of-bob").PrimaryRole)
}
