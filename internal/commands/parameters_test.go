package commands_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/commands"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

func TestAnAddressOfOnesOwnBindsAtOnceWithoutConfirmation(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	r.put("Dan", store.OperatorDisabled, backoffice.Moderator)
	require.Equal(t, "https://community.example/quiet-side-door/\n", r.ok("alias", "set", "quiet-side-door"))
	require.Equal(t, "https://community.example/quiet-side-door/\n", r.ok("alias"))
	require.Len(t, r.Sent.All(), 1, "every active operator is told")
	require.Contains(t, r.Sent.All()[0].Text, "https://community.example/quiet-side-door/")
	require.Equal(t, "alias.changed", r.Last().Code)
	r.Clock.Add(time.Hour)
	require.Equal(t, "https://community.example/quiet-side-door/\n", r.ok("alias"), "it does not go back")
	require.Contains(t, r.refused("alias", "set", "quiet-side-door"), "The office already has this address")
	require.NotContains(t, r.ok("audit", "-json"), "quiet-side-door", "the audit keeps no address")
}

// waiting puts a new address in place that waits to be confirmed.
func waiting(t *testing.T, change ...func(*backoffice.Config)) *rig {
	r := newRigOver(t, memstore.New(), change...)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	r.ChangeParameters(func(p *store.Parameters) {
		p.Alias, p.PreviousAlias, p.ConfirmBy = "wrong-new-door", "quiet-side-door", r.Clock.Now().Add(10*time.Minute)
	})
	return r
}

func TestAnAddressThatWaitsIsShownConfirmedOrTakenBack(t *testing.T) {
	t.Run("shown", func(t *testing.T) {
		r := waiting(t)
		require.Regexp(t, `(?m)^Not confirmed: +goes back at 2026-11-21 09:40:00 to https://community\.example/quiet-side-door/$`, r.ok("alias", "show"))
		var state map[string]any
		require.NoError(t, json.Unmarshal([]byte(r.ok("alias", "show", "-json")), &state))
		require.Equal(t, map[string]any{
			"address": "https://community.example/wrong-new-door/", "old_address": "https://community.example/quiet-side-door/",
			"confirm_by": "2026-11-21T09:40:00Z", "changed_at": "2026-11-21T09:30:00Z", "changed_by": "system", "open_links": 0.,
		}, state)
		below := waiting(t, func(c *backoffice.Config) { c.Origin += "/our/forum" }).ok("alias", "show")
		require.Contains(t, below, " to https://community.example/our/forum/quiet-side-door/\n")
		require.NotContains(t, below, "example/quiet")
	})
	t.Run("confirmed", func(t *testing.T) {
		r := waiting(t)
		require.Equal(t, "https://community.example/wrong-new-door/\n", r.ok("alias", "confirm"))
		require.Len(t, r.mailed("ada@example.org"), 1)
		r.Clock.Add(time.Hour)
		require.Equal(t, "https://community.example/wrong-new-door/\n", r.ok("alias"))
		require.Contains(t, r.refused("alias", "revert"), "no new alias is waiting to be confirmed")
		require.NotContains(t, r.ok("alias", "show"), "Not confirmed")
	})
	t.Run("taken back", func(t *testing.T) {
		r := waiting(t)
		require.Equal(t, "https://community.example/quiet-side-door/\n", r.ok("alias", "revert"))
		require.Empty(t, r.Sent.All(), "nobody knew of the new one")
		require.Equal(t, "alias.rolled_back", r.Last().Code)
		require.Contains(t, r.refused("alias", "confirm"), "no new alias is waiting to be confirmed")
	})
	t.Run("too late", func(t *testing.T) {
		r := waiting(t)
		r.Clock.Add(time.Hour)
		require.Contains(t, r.refused("alias", "confirm"), "no new alias is waiting to be confirmed")
		require.Equal(t, "https://community.example/quiet-side-door/\n", r.ok("alias"))
	})
	t.Run("rotated instead", func(t *testing.T) {
		r := waiting(t)
		after := r.ok("alias", "rotate")
		require.Len(t, r.mailed("ada@example.org"), 1)
		r.Clock.Add(time.Hour)
		require.Equal(t, after, r.ok("alias"), "it binds without confirmation")
	})
}

func TestRolesAreListedAndShownWithWhoHasThem(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	require.NoError(t, r.Under.Commit(t.Context(), store.PutRole{Role: store.Role{
		ID: "custom-1", Name: "Readers", NameKey: "readers", Description: "They read.", Permissions: []string{"audit.view", "operators.view"}, CreatedAt: r.Clock.Now(), UpdatedAt: r.Clock.Now(),
	}}))
	r.put("Rea", store.OperatorActive, "custom-1")
	out := r.ok("roles")
	require.Regexp(t, `(?m)^super-administrator +Super-administrator +built in +\d+ +required +Everything`, out)
	require.Regexp(t, `(?m)^custom-1 +Readers +custom +2 +- +They read\.$`, out)
	shown := r.ok("roles", "show", "readers")
	require.Regexp(t, `(?m)^Permissions: +audit\.view, operators\.view$`, shown)
	require.Regexp(t, `(?m)^Held by: +Rea \(rea@example\.org\)$`, shown)

	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.ok("roles", "-json")), &all))
	require.Len(t, all, 5)
	require.Contains(t, all[0]["permissions"], "parameters.manage", "all there are, by name")
	require.Equal(t, []any{}, all[2]["permissions"], "none is an empty list")
	var one map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.ok("roles", "show", "Readers", "-json")), &one))
	require.Equal(t, "rea@example.org", one["holders"].([]any)[0].(map[string]any)["email"])
}

func TestParametersAreChangedAsOnThePage(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	require.Equal(t, "Every parameter is at its default.\n", r.ok("parameters", "-changed"))

	require.Equal(t, "session.idle: \"30m\" → \"20m\"\n", r.ok("parameters", "set", "session.idle", "20m"))
	e := r.Last()
	require.Equal(t, "parameters.changed", e.Code)
	require.Equal(t, "command-line", e.ActorID)
	require.Equal(t, "30m → 20m", e.Detail["session.idle"])
	require.Empty(t, r.Sent.All(), "what protects more is told to nobody")

	require.Equal(t, "session.idle: \"20m\" → \"50m\"\nThis protects less than before. Every super-administrator is told by email.\n", r.ok("parameters", "set", "session.idle", " 50m "))
	require.Len(t, r.mailed("ada@example.org"), 1)
	before := r.Last().Seq
	require.Equal(t, "The parameter already has this value.\n", r.ok("parameters", "set", "session.idle", "3000s"))
	require.Equal(t, before, r.Last().Seq)

	r.ok("parameters", "set", "password.digit", "on")
	require.Regexp(t, `(?m)^session\.idle +50m +30m +looser than the default +50 minutes$`, r.ok("parameters", "-changed"))
	require.Regexp(t, `(?m)^Takes: +0 \(Automatic\) or 8 to 64 characters\nValue: +0\nMeans: +Automatic: 12 characters, because everyone must have two-factor authentication$`, r.ok("parameters", "show", "password.min_length"))
	require.Equal(t, "password.min_length: \"0\" (Automatic: 12 characters, because everyone must have two-factor authentication) → \"15\"\n", r.ok("parameters", "set", "password.min_length", "15"))
	require.Contains(t, r.ok("parameters", "restore", "password.min_length"), "This protects less than before")
	require.Regexp(t, `(?m)^password\.digit +on +off +departs from NIST SP 800-63B-4 +On$`, r.ok("parameters"))
	require.Regexp(t, `(?m)^Mark: +departs from NIST SP 800-63B-4$`, r.ok("parameters", "show", "password.digit"))
	require.Regexp(t, `(?m)^Takes: +3 to 10 attempts$`, r.ok("parameters", "show", "signin.failures"))
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.ok("parameters", "-changed", "-json")), &all))
	require.Len(t, all, 2)
	require.Equal(t, true, all[0]["departs"])
	require.Equal(t, true, all[1]["loosened"])

	r.ok("parameters", "restore", "password.digit")
	require.Equal(t, "session.idle: \"50m\" → \"30m\"\n", r.ok("parameters", "restore", "session.idle"))
	require.Equal(t, "Every parameter is at its default.\n", r.ok("parameters", "-changed"))
}

func TestEveryParameterOfThePageIsListed(t *testing.T) {
	r := newRig(t)
	p, err := r.office.CommandLine().Parameters(t.Context())
	require.NoError(t, err)
	require.Greater(t, len(p), 20)
	lines := strings.Split(strings.TrimSpace(r.ok("parameters")), "\n")
	require.Len(t, lines, 1+len(p))
	for i, row := range p {
		require.Regexp(t, "^"+regexp.QuoteMeta(row.Name)+" ", lines[i+1])
	}
}

func TestSignInsArePausedAndResumed(t *testing.T) {
	r := newRig(t)
	require.Equal(t, "signin.paused: \"off\" → \"on\"\nsignin.paused_text: \"\" → \"Back at nine.\"\n", r.ok("signin", "pause", "Back at nine."))
	require.Equal(t, "parameters.changed", r.Last().Code)
	require.Equal(t, "The parameter already has this value.\n", r.ok("signin", "pause"))
	require.Equal(t, "signin.paused: \"on\" → \"off\"\n", r.ok("signin", "resume"))
	require.Equal(t, "signin.paused: \"off\" → \"on\"\n", r.ok("signin", "pause"), "the notice is kept")
	require.Contains(t, r.ok("parameters", "show", "signin.paused_text"), "Back at nine.")
}

func TestAChangeBindsOnAnOfficeThatIsRunning(t *testing.T) {
	mem := memstore.New()
	running, beside := newRigOver(t, mem), newRigOver(t, mem)
	beside.ok("parameters", "set", "session.idle", "20m")
	require.Contains(t, running.ok("parameters", "-changed"), "20m")
	running.ok("parameters", "set", "session.idle", "10m")
	require.Contains(t, beside.ok("parameters", "-changed"), "10m", "what was changed meanwhile is read first")
	require.Contains(t, beside.ok("audit", "verify"), "The chain is intact")
}

func TestTheLinksThatANewAddressBreaksAreNamed(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	r.ok("invite", "ivan@example.org", "-name", "Ivan", "-role", "moderator")
	r.ok("invite", "zoe@example.org", "-name", "Zoe", "-role", "moderator")
	r.ok("reset-password", "ada@example.org", "-link")
	require.Regexp(t, `(?m)^Open links: +3$`, r.ok("alias", "show"))
	status, stdout, stderr := r.run("alias", "rotate")
	require.Equal(t, commands.ExitOK, status)
	require.Equal(t, r.office.HomeURL()+"\n", stdout)
	require.Regexp(t, `^Unused links with the old address no longer work\. The server that calls Office\.Run replaces them by email:
  2 invitations, renewed: (Ivan and Zoe|Zoe and Ivan)
  1 reset link made for an operator, ended: Ada
$`, stderr)
	require.Len(t, r.mailed("ivan@example.org"), 1, "the server renews it, not the command")
}

func TestASetupLinkOutlivesTheAddress(t *testing.T) {
	r := newRig(t)
	_, err := r.office.SetupURL(t.Context())
	require.NoError(t, err)
	_, stdout, stderr := r.run("alias", "rotate")
	require.Equal(t, "Setup links have the old address. Their token still works at "+strings.TrimSpace(stdout)+"setup\n", stderr)
}
