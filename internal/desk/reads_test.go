package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// reads are the services that show something.
var reads = map[string]func(d *desk.Desk, a desk.Actor, w *world) (any, error){
	"operators": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) {
		return d.Operators(ctx, a, store.OperatorQuery{})
	},
	"roles": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) { return d.GrantableRoles(ctx, a) },
	"a role": func(d *desk.Desk, a desk.Actor, w *world) (any, error) {
		r, err := d.FindRole(ctx, a, w.role)
		return r.Permissions, err
	},
	"holders": func(d *desk.Desk, a desk.Actor, w *world) (any, error) {
		return d.Operators(ctx, a, store.OperatorQuery{RoleID: desk.RoleModerator})
	},
	"parameters": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) {
		p, _, err := d.Parameters(ctx, a)
		return p, err
	},
	"open links": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) { return d.OpenLinks(ctx, a, true) },
	"mails":      func(d *desk.Desk, a desk.Actor, _ *world) (any, error) { return d.Mails(ctx, a, store.MailQuery{}) },
	"a mail": func(d *desk.Desk, a desk.Actor, w *world) (any, error) {
		m, err := d.Mail(ctx, a, w.failed)
		return m.To, err
	},
	"the audit": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) {
		return d.AuditPage(ctx, a, store.EventQuery{})
	},
	"an event": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) {
		e, err := d.AuditEvent(ctx, a, 1)
		return e.Code, err
	},
	"the length of the audit": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) { return d.AuditCount(ctx, a) },
	"the check of the audit": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) {
		v, err := d.VerifyAudit(ctx, a, home, "")
		return v.Checked, err
	},
	"members": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) {
		rows, _, err := d.SearchMembers(ctx, a, "", "", 5)
		return rows, err
	},
	"a member": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) {
		m, err := d.Member(ctx, a, "m-mia")
		return m.Name, err
	},
	"what roles come to": func(d *desk.Desk, a desk.Actor, w *world) (any, error) {
		c, err := d.PreviewRoles(ctx, a, w.target.ID, desk.RolesForm{Version: w.target.Version, Primary: w.role})
		return c.Gains, err
	},
	"what a grant comes to": func(d *desk.Desk, a desk.Actor, w *world) (any, error) {
		c, err := d.PreviewGrant(ctx, a, "m-mia", desk.GrantForm{Roles: []string{w.role}})
		return c.Gains, err
	},
	"what a role comes to": func(d *desk.Desk, a desk.Actor, w *world) (any, error) {
		c, err := d.PreviewRole(ctx, a, w.role, desk.RoleForm{Version: 1, Name: "Other", Permissions: []string{"posts.delete"}})
		return c.Added, err
	},
	"what parameters come to": func(d *desk.Desk, a desk.Actor, w *world) (any, error) {
		return d.PreviewParameters(ctx, a, desk.ParametersForm{Revision: w.revision, Values: map[string]string{"session.idle": "50m"}})
	},
	"what is new about an operator": func(d *desk.Desk, a desk.Actor, w *world) (any, error) {
		events, mails, err := d.Recent(ctx, a, w.target.ID)
		return []any{events, mails}, err
	},
	"the chart of the audit": func(d *desk.Desk, a desk.Actor, w *world) (any, error) {
		return d.CountTrail(ctx, a, store.EventQuery{}, w.Boss.ID, []time.Time{w.Now().Add(-time.Hour), w.Now().Add(time.Hour)}, 5)
	},
	"sign-ins by day": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) {
		days, err := d.SignInsByDay(ctx, a)
		if days == nil && err == nil {
			err = desk.ErrForbidden // the page is there without them
		}
		return days, err
	},
	"the history of a parameter": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) {
		h, err := d.ParameterHistory(ctx, a, "session.idle", 0)
		return h.Label, err
	},
	"what an act on several comes to": func(d *desk.Desk, a desk.Actor, w *world) (any, error) {
		p, err := d.PreviewBulk(ctx, a, desk.BulkForm{Act: desk.BulkAddRole, Role: w.role, Operators: []string{w.target.ID, w.invited.ID}})
		return p.Rows, err
	},
	"what inviting several comes to": func(d *desk.Desk, a desk.Actor, _ *world) (any, error) {
		return d.PreviewInvitations(ctx, a, desk.ParseInvitees("new@example.org"), desk.InviteForm{Roles: []string{desk.RoleModerator}})
	},
	"an operator": func(d *desk.Desk, a desk.Actor, w *world) (any, error) {
		o, err := d.Operator(ctx, a, w.invited.ID)
		return o.ID, err
	},
}

func TestWhatCannotBeReadInFullIsNotShown(t *testing.T) {
	w := newWorld(t, act{})
	d, faults := w.Faulty()
	for name, read := range reads {
		t.Run(name, func(t *testing.T) {
			faults.Reset()
			shown, err := read(d, w.Boss, w)
			require.NoError(t, err)
			require.NotEmpty(t, shown)
			for n, call := range faults.Calls() {
				faults.Reset()
				faults.FailAt(n+1, errDown)
				_, err := read(d, w.Boss, w)
				require.ErrorIs(t, err, errDown, "call %d, %s", n+1, call)
			}
			faults.Reset()
			before := w.Dump("counters")
			_, err = read(d, desk.Actor{}, w)
			require.ErrorIs(t, err, desk.ErrForbidden)
			require.True(t, before == w.Dump("counters"))
		})
	}
}

func TestAttentionCountsOnlyWhatTheReaderMaySee(t *testing.T) {
	o := staffed(t)
	o.Person("Grace", desk.RoleModerator)
	all, err := o.Attention(ctx, o.Boss)
	require.NoError(t, err)
	require.Equal(t, 2, all.WithoutTwoFactor)
	require.Equal(t, []string{"two_factor.who"}, all.Departures)
	require.NotEmpty(t, all.Recent)
	little, err := o.Attention(ctx, o.Actor(o.Person("Linus", desk.RoleModerator)))
	require.NoError(t, err)
	require.Equal(t, desk.Attention{}, little)
}
