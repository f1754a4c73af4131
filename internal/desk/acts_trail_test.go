package desk_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// trail is what an act leaves in the audit: the event, what kind of thing it is
// about, why, and the details that say what was and what is.
type trail struct {
	code, on, reason string
	details          map[string]string
}

var trails = map[string]trail{
	"invite":                    {"operator.invited", "operator", "", map[string]string{"roles": "moderator"}},
	"send an invitation again":  {"operator.invited", "operator", "sent again", nil},
	"cancel an invitation":      {"operator.invitation_cancelled", "operator", "", nil},
	"grant":                     {"operator.granted", "operator", "", map[string]string{"roles": "moderator"}},
	"change roles":              {"operator.roles_changed", "operator", "", map[string]string{"before": "moderator", "after": "moderator"}},
	"rename":                    {"operator.renamed", "operator", "", map[string]string{"before": "Target", "after": "Other name"}},
	"give another e-mail":       {"operator.email_changed", "operator", "", map[string]string{"before": "target@example.org", "after": "other@example.org"}},
	"disable":                   {"operator.disabled", "operator", "left", map[string]string{"before": "active"}},
	"enable":                    {"operator.enabled", "operator", "", map[string]string{"after": "active"}},
	"delete":                    {"operator.deleted", "operator", "left", map[string]string{"roles": "moderator"}},
	"end sessions":              {"operator.sessions_ended", "operator", "", map[string]string{"which": "all"}},
	"unlink a company account":  {"operator.company_unlinked", "operator", "", nil},
	"unlock":                    {"operator.unlocked", "operator", "", nil},
	"send a reset mail":         {"password.reset_sent", "operator", "", nil},
	"make a password link":      {"password.link_made", "operator", "", nil},
	"give a temporary password": {"password.temporary", "operator", "", nil},
	"require a new password":    {"password.compromised", "operator", "seen on a note", nil},
	"reset two-factor":          {"two_factor.reset", "operator", "phone lost", nil},
	"create a role":             {"role.created", "role", "", map[string]string{"after": "operators.view", "two-factor after": "false"}},
	"change a role":             {"role.changed", "role", "", map[string]string{"name before": "Viewers", "before": "operators.view", "after": "operators.view", "two-factor before": "false", "two-factor after": "false"}},
	"delete a role":             {"role.deleted", "role", "", map[string]string{"before": "operators.view", "replaced by": "moderator"}},
	"save parameters":           {"parameters.changed", "", "", map[string]string{"session.idle": "30m → 50m"}},
	"sign everyone out":         {"session.all_ended", "", "cookies were stolen", nil},
	"change the address":        {"alias.changed", "", "", nil},
	"give a random address":     {"alias.changed", "", "", nil},
	"confirm the address":       {"alias.confirmed", "", "", nil},
	"take the new address back": {"alias.rolled_back", "", "", nil},
	"send a test mail":          {"mail.tested", "operator", "", nil},
	"write to an operator":      {"mail.written", "operator", "", map[string]string{"subject": "12 posts wait"}},
	"send a failed mail again":  {"mail.retried", "mail", "", nil},
	"export the audit":          {"audit.exported", "", "", map[string]string{"filter": "everything"}},
}

func TestEveryActIsInTheAuditWithWhoFromWhereAndOnWhat(t *testing.T) {
	var names []string
	for _, act := range acts {
		names = append(names, act.name)
		_, ok := trails[act.name]
		require.True(t, ok, "nobody said what it leaves: add %q to trails in acts_trail_test.go", act.name)
	}
	require.ElementsMatch(t, names, slices.Collect(maps.Keys(trails)), "acts and trails")
	for _, act := range acts {
		t.Run(act.name, func(t *testing.T) {
			want := trails[act.name]
			w := newWorld(t, act)
			id := w.Entered(w.Person("Eve", desk.RoleSuperAdministrator))
			w.Clock.Add(time.Second)
			before := len(w.Codes())
			_, err := act.do(ctx, w.Desk, id.Actor(), w)
			require.NoError(t, err)

			rows, err := w.Mem.ListEvents(ctx, store.EventQuery{Limit: 1})
			require.NoError(t, err)
			require.Len(t, w.Codes(), before+1, "one act, one row")
			e := rows.Rows[0]
			require.Equal(t, []string{want.code, desk.Success, want.reason}, []string{e.Code, e.Outcome, e.Reason})
			require.Equal(t, w.Now(), e.At)
			require.Equal(t, []string{id.Operator.ID, "Eve", id.Session.ID}, []string{e.ActorID, e.ActorName, e.SessionID})
			require.Equal(t, []string{home.IP, home.UserAgent, home.Route, home.RequestID}, []string{e.IP, e.UserAgent, e.Route, e.RequestID})
			require.Equal(t, []any{want.on, want.on != "", want.on != ""}, []any{e.TargetKind, e.TargetID != "", e.TargetName != ""})
			for name, value := range want.details {
				require.Equal(t, value, e.Detail[name], name)
			}
		})
	}
}

// line is an audit row as it stands in the log.
type line struct {
	Msg, Level, Event, Outcome, ID, At, Actor, Target, Address, Route, Request, Session, Reason string
}

// auditLines decodes a log of JSON lines; all of it must be JSON.
func auditLines(t *testing.T, log []byte) []line {
	t.Helper()
	var lines []line
	for text := range bytes.Lines(log) {
		var l line
		require.NoError(t, json.Unmarshal(text, &l), string(text))
		if l.Msg == "audit" {
			lines = append(lines, l)
		}
	}
	return lines
}

func TestEveryRowOfTheAuditIsALineOfTheLogWithStableNames(t *testing.T) {
	for _, act := range acts {
		t.Run(act.name, func(t *testing.T) {
			var log bytes.Buffer
			// A server far from Greenwich.
			w := newWorldWith(t, act, func(c *desk.Config) {
				clock, zone := c.Clock, time.FixedZone("far away", 9*60*60)
				c.Clock = func() time.Time { return clock().In(zone) }
				c.Log = slog.New(slog.NewJSONHandler(&log, nil))
			})
			v := home
			v.RequestID = "x\",\"event\":\"forged\"}\r\n{\"msg\":\"audit\",\"event\":\"forged"
			defer func(old desk.Visit) { home = old }(home)
			home = v
			_, err := act.do(ctx, w.Desk, w.Boss, w)
			require.NoError(t, err)

			page, err := w.Mem.ListEvents(ctx, store.EventQuery{Limit: 500, OldestFirst: true})
			require.NoError(t, err)
			rows := page.Rows
			lines := auditLines(t, log.Bytes())
			require.Len(t, lines, len(rows))
			for i, e := range rows {
				level := "INFO"
				if e.Outcome != desk.Success {
					level = "WARN"
				}
				require.Equal(t, line{
					Msg: "audit", Level: level, Event: e.Code, Outcome: e.Outcome, ID: e.ID, Actor: e.ActorID, Target: e.TargetID,
					Address: e.IP, Route: e.Route, Request: e.RequestID, Session: e.SessionID, Reason: e.Reason,
					At: e.At.UTC().Format(time.RFC3339Nano),
				}, lines[i])
			}
		})
	}
}

func TestWhatIsHandedOverIsInNoRowAndInNoLine(t *testing.T) {
	secrets := 0
	for _, act := range acts {
		var log bytes.Buffer
		w := newWorldWith(t, act, func(c *desk.Config) { c.Log = slog.New(slog.NewJSONHandler(&log, nil)) })
		out, err := act.do(ctx, w.Desk, w.Boss, w)
		require.NoError(t, err)
		_, secret, linked := strings.Cut(out, "#")
		if !linked && act.name != "give a temporary password" {
			continue
		}
		if !linked {
			secret = out
		}
		secrets++
		require.GreaterOrEqual(t, len(secret), 24)
		stored := w.Dump()
		require.Contains(t, stored, trails[act.name].code)
		require.Contains(t, log.String(), trails[act.name].code)
		for _, s := range []string{secret, strings.ReplaceAll(secret, "-", "")} {
			require.NotContains(t, stored, s, act.name)
			require.NotContains(t, log.String(), s, act.name)
		}
		require.NotContains(t, log.String(), w.Alias(), act.name)
	}
	require.Equal(t, 4, secrets)
}

func TestTheAddressIsInNoRowAndInNoLine(t *testing.T) {
	var log bytes.Buffer
	o := staffed(t, func(c *desk.Config) { c.Log = slog.New(slog.NewJSONHandler(&log, nil)) })
	old := o.Alias()
	require.NoError(t, o.ChangeAlias(ctx, o.Boss, home, "quiet-side-door"))
	require.NoError(t, o.ConfirmAlias(ctx, o.Boss, home))
	require.Contains(t, log.String(), "alias.confirmed")
	rows, err := o.Mem.ListEvents(ctx, store.EventQuery{})
	require.NoError(t, err)
	text, err := json.Marshal(rows)
	require.NoError(t, err)
	for _, s := range []string{old, "quiet-side-door"} {
		require.NotContains(t, log.String(), s)
		require.NotContains(t, string(text), s)
	}
}

func TestWhatAReasonSaysIsOneLineAndCutOff(t *testing.T) {
	o := staffed(t)
	target := o.Person("Target", desk.RoleModerator)
	require.NoError(t, o.ResetTwoFactor(ctx, o.Boss, home, target.ID, "lost\r\n2026-01-01 signin.succeeded \x1b[2J"+strings.Repeat("é", 600)))
	require.NoError(t, o.Disable(ctx, o.Boss, home, target.ID, "left\n\x00"+strings.Repeat("x", 600)))
	page, err := o.AuditPage(ctx, o.Boss, store.EventQuery{TargetID: target.ID})
	require.NoError(t, err)
	rows := page.Rows
	require.Len(t, rows, 2)
	for _, e := range rows {
		require.NotRegexp(t, `[\x00-\x1f\x7f]`, e.Reason)
		require.LessOrEqual(t, len(e.Reason), 512)
		require.NotEmpty(t, e.Reason)
	}
}

func TestWhenAnInvitationIsRenewedTheAuditHasBothRoles(t *testing.T) {
	o := staffed(t)
	invite := func(role string) {
		_, _, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "ivan@example.org", Roles: []string{role}})
		require.NoError(t, err)
	}
	invite(desk.RoleModerator)
	invite(desk.RoleAdministrator)
	page, err := o.AuditPage(ctx, o.Boss, store.EventQuery{Code: "operator.invited"})
	require.NoError(t, err)
	rows := page.Rows
	require.Len(t, rows, 2)
	require.Equal(t, map[string]string{"before": "moderator", "roles": "administrator"}, rows[0].Detail)
	require.Equal(t, map[string]string{"roles": "moderator"}, rows[1].Detail)
}
