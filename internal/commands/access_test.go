package commands_test

import (
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/commands"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// session puts a live session of somebody into the store.
func (r *rig) session(o store.Operator, id string) {
	r.T.Helper()
	require.NoError(r.T, r.Under.Commit(r.T.Context(), store.PutSession{Session: store.Session{
		ID: id, Digest: store.Digest{id[0]}, OperatorID: o.ID, CreatedAt: r.Clock.Now(), SeenAt: r.Clock.Now(), EndsAt: r.Clock.Now().Add(time.Hour),
	}}))
}

// audited says who did what to whom, as the newest row has it.
func (r *rig) audited(code, target string) store.Event {
	r.T.Helper()
	e := r.Last()
	require.Equal(r.T, code, e.Code)
	require.Equal(r.T, "command-line", e.ActorID)
	require.Equal(r.T, target, e.TargetID)
	return e
}

// mailed are the mails to an address, and forgets them.
func (r *rig) mailed(to string) []mail.Message {
	defer r.Sent.Clear()
	return r.Sent.To(to)
}

func TestSomebodyIsKeptOutAtOnceAndLetInAgain(t *testing.T) {
	r := newRig(t)
	ben := r.put("Ben", store.OperatorActive, backoffice.Moderator)
	r.session(ben, "a1")
	r.session(ben, "b2")
	require.Contains(t, r.ok("operators", "show", "Ben"), "Sessions:     2")

	require.Equal(t, "Disabled Ben (ben@example.org) and signed them out everywhere.\n", r.ok("disable", "BEN@example.org", "-reason", "account taken over"))
	require.Equal(t, store.OperatorDisabled, r.Find(ben.ID).State)
	require.Zero(t, len(r.SessionsOf(ben.ID)))
	require.Equal(t, "account taken over", r.audited("operator.disabled", ben.ID).Reason)
	require.Len(t, r.mailed("ben@example.org"), 1)
	require.Contains(t, r.ok("operators", "-state", "disabled"), "ben@example.org")

	require.Equal(t, "Enabled Ben (ben@example.org).\n", r.ok("enable", "Ben"))
	require.Equal(t, store.OperatorActive, r.Find(ben.ID).State)
	r.audited("operator.enabled", ben.ID)
	require.Len(t, r.mailed("ben@example.org"), 1)

	r.session(ben, "c3")
	require.Equal(t, "Signed Ben (ben@example.org) out everywhere.\n", r.ok("end-sessions", "Ben"))
	require.Zero(t, len(r.SessionsOf(ben.ID)))
	r.audited("operator.sessions_ended", ben.ID)
	require.Len(t, r.mailed("ben@example.org"), 1)

	r.session(ben, "c4")
	require.Equal(t, "Ben (ben@example.org) must choose a new password at the next sign-in.\n", r.ok("require-new-password", "Ben", "-reason", "on a note"))
	require.True(t, r.Find(ben.ID).MustChangePassword)
	require.Zero(t, len(r.SessionsOf(ben.ID)))
	require.Equal(t, "on a note", r.audited("password.compromised", ben.ID).Reason)
	require.Len(t, r.mailed("ben@example.org"), 1)

	require.Contains(t, r.refused("end-all-sessions", "-yes", "-reason", ""), "-reason is empty")
	require.Equal(t, "Signed everyone out everywhere.\n", r.ok("end-all-sessions", "-yes", "-reason", "cookies were stolen"))
	require.Equal(t, "cookies were stolen", r.audited("session.all_ended", "").Reason)
	p, err := r.Under.LoadParameters(t.Context())
	require.NoError(t, err)
	require.False(t, p.SessionsFrom.IsZero())
}

func TestWhoNeverChoseAPasswordIsInvitedAgain(t *testing.T) {
	r := newRig(t)
	ivy := r.put("Ivy", store.OperatorInvited, backoffice.Moderator)
	r.ok("disable", "Ivy")
	r.Sent.Clear()
	require.Contains(t, r.ok("enable", "Ivy"), "invited again by email")
	require.Equal(t, store.OperatorInvited, r.Find(ivy.ID).State)
	require.Contains(t, r.Sent.All()[0].Text, "/welcome#")
}

func TestAnInvitationIsCancelledAndRenewed(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	first := r.ok("invite", "ivy@example.org", "-name", "Ivy")
	second := r.ok("invite", "ivy@example.org", "-role", "administrator")
	require.NotEqual(t, first, second, "a new link")
	require.Contains(t, r.ok("invite", "ivy@example.org"), "as administrator", "which stays as it was")
	require.Regexp(t, `Ivy +ivy@example\.org +Administrator +invited`, r.ok("operators", "-state", "invited"))
	require.Equal(t, "Cancelled the invitation of Ivy (ivy@example.org).\n", r.ok("invite", "cancel", "ivy@example.org"))
	require.Equal(t, "operator.invitation_cancelled", r.Last().Code)
	require.Equal(t, "No matching operators.\n", r.ok("operators", "-state", "invited"))
	require.Contains(t, r.refused("invite", "cancel", "ivy@example.org"), "there is no operator")
}

func TestRolesAreReplacedAndTheDifferenceIsPrinted(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	ben := r.put("Ben", store.OperatorActive, backoffice.Moderator)
	out := r.ok("set-roles", "ben", "Administrator", "community-manager")
	require.Contains(t, out, "Changed the roles of Ben (ben@example.org).")
	require.Regexp(t, `(?m)^Primary role: +Moderator → Administrator$`, out)
	require.Regexp(t, `(?m)^Roles gained: +Administrator, Community manager$`, out)
	require.Regexp(t, `(?m)^Roles lost: +Moderator$`, out)
	require.Regexp(t, `(?m)^May now: +See operators, `, out)
	require.Equal(t, "administrator", r.Find(ben.ID).PrimaryRole)
	require.Equal(t, []string{"community-manager"}, r.Find(ben.ID).Roles)
	require.Equal(t, "administrator community-manager", r.audited("operator.roles_changed", ben.ID).Detail["after"])
	require.Len(t, r.mailed("ben@example.org"), 1)

	before := r.Last().Seq
	require.Equal(t, "Ben (ben@example.org) already has these roles.\n", r.ok("set-roles", "ben", "administrator", "community-manager"))
	require.Equal(t, before, r.Last().Seq, "no change, no row")
	require.Empty(t, r.Sent.All())

	r.ok("set-roles", "ben", "super-administrator")
	require.Len(t, r.mailed("ada@example.org"), 1, "the others are told of a new super-administrator")
}

func TestAMemberIsGivenAccess(t *testing.T) {
	r := newRigOver(t, memstore.New(), func(c *backoffice.Config) { c.Members = directory{} })
	require.Equal(t, "Granted member m-mel access as Moderator.\n", r.ok("grant", "m-mel", "Moderator"))
	require.Equal(t, "operator.granted", r.Last().Code)
	require.Len(t, r.mailed("mel@example.org"), 1)
	require.Regexp(t, `(?m)^Password: +kept by the community$`, r.ok("operators", "show", "Mel"))
	require.Contains(t, r.refused("grant", "m-mel", "moderator"), "This member already has access")
	require.Contains(t, r.refused("reset-password", "Mel"), "signs in with the community's password")
	require.Contains(t, r.refused("reset-password", "Mel", "-link"), "signs in with the community's password")
}

func TestALinkToANewPasswordIsPrintedOnlyWhenItIsAskedFor(t *testing.T) {
	r := newRig(t)
	ben := r.put("Ben", store.OperatorActive, backoffice.Moderator)
	require.Equal(t, "Emailed Ben (ben@example.org) a link to a new password.\n", r.ok("reset-password", "Ben"))
	r.audited("password.reset_sent", ben.ID)
	require.Len(t, r.Sent.All(), 1)
	require.Contains(t, r.Sent.All()[0].Text, r.office.HomeURL()+"reset#")

	r.Sent.Clear()
	lines := strings.Split(strings.TrimSpace(r.ok("reset-password", "Ben", "-link")), "\n")
	require.Len(t, lines, 3)
	require.Equal(t, "Created a link to a new password for Ben (ben@example.org).", lines[0])
	require.Equal(t, "Give this link to no one else; it works once, until 2026-11-21 10:00:00 UTC:", lines[1])
	require.Regexp(t, `^https://community\.example/[a-z2-7]{20}/reset#([0-9A-Z]{4}-){6}[0-9A-Z]{4}$`, lines[2])
	r.audited("password.link_made", ben.ID)
	_, token, _ := strings.Cut(lines[2], "#")
	require.Len(t, r.Sent.All(), 1, "they are told that there is one")
	require.NotContains(t, r.Sent.All()[0].Text, token, "and it is not mailed")
	for _, args := range [][]string{{"audit"}, {"audit", "-json"}, {"mail", "-json"}, {"operators", "show", "Ben", "-json"}, {"audit", "export"}} {
		require.NotContains(t, r.ok(args...), token)
	}
}

// seat is where somebody sits who answers.
type seat struct{ io.Reader }

func (seat) Stat() (fs.FileInfo, error) { return atTerminal{}, nil }

type atTerminal struct{ fs.FileInfo }

func (atTerminal) Mode() fs.FileMode { return fs.ModeDevice | fs.ModeCharDevice }

func TestDeletingAsksFirst(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/answers")
	require.NoError(t, err)
	_, err = file.WriteString("y\n")
	require.NoError(t, err)
	_, err = file.Seek(0, io.SeekStart)
	require.NoError(t, err)
	defer file.Close()
	const question = "Delete Ben (ben@example.org), Moderator? Audit log entries stay, everything else is deleted for good. [y/N] "
	nobody := "delete: this cannot be undone, and there is no terminal to ask on: add -yes to confirm\n"
	tests := []struct {
		name  string
		input io.Reader
		flags []string
		says  string
		gone  bool
	}{
		{"a no", seat{strings.NewReader("n\n")}, nil, question + "delete: nothing was done\n", false},
		{"nothing but Enter", seat{strings.NewReader("\n")}, nil, question + "delete: nothing was done\n", false},
		{"something else", seat{strings.NewReader("yesterday\n")}, nil, question + "delete: nothing was done\n", false},
		{"the end of the input", seat{strings.NewReader("")}, nil, question + "\n" + nobody, false},
		{"a yes", seat{strings.NewReader(" Yes\n")}, nil, question, true},
		{"a y", seat{strings.NewReader("y\n")}, nil, question, true},
		{"a file with a yes", file, nil, nobody, false},
		{"a pipe with a yes", strings.NewReader("y\n"), nil, nobody, false},
		{"no input at all", nil, nil, nobody, false},
		{"a pipe and -yes", strings.NewReader(""), []string{"-yes"}, "", true},
		{"a terminal and -yes", seat{strings.NewReader("n\n")}, []string{"-yes"}, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			ben := r.put("Ben", store.OperatorActive, backoffice.Moderator)
			r.input = tt.input
			before := r.Dump()
			status, stdout, stderr := r.run(append([]string{"delete", "Ben", "-reason", "left"}, tt.flags...)...)
			require.Equal(t, tt.says, stderr)
			if !tt.gone {
				require.Equal(t, commands.ExitFailed, status)
				require.Empty(t, stdout)
				require.True(t, before == r.Dump())
				return
			}
			require.Equal(t, commands.ExitOK, status)
			require.Equal(t, "Deleted Ben (ben@example.org).\n", stdout)
			require.Equal(t, "left", r.audited("operator.deleted", ben.ID).Reason)
			require.Len(t, r.mailed("ben@example.org"), 1)
			_, err := r.Mem.FindOperator(t.Context(), ben.ID)
			require.ErrorIs(t, err, store.ErrNotFound)
		})
	}
}

func TestNobodyIsAskedAboutTheLastSuperAdministrator(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	r.input = seat{strings.NewReader("y\n")}
	says := r.refused("delete", "Ada")
	require.NotContains(t, says, "[y/N]")
	require.Contains(t, says, "last active super-administrator")
}

func TestOperatorsAreFilteredAndPrintedForPrograms(t *testing.T) {
	r := newRig(t)
	require.Equal(t, "[]\n", r.ok("operators", "-json"), "nobody is an empty list")
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	r.put("Ben", store.OperatorActive, backoffice.Moderator, backoffice.CommunityManager)
	r.put("Dan", store.OperatorDisabled, backoffice.Moderator)
	found := func(args ...string) (names []string) {
		t.Helper()
		var rows []map[string]any
		require.NoError(t, json.Unmarshal([]byte(r.ok(append(args, "-json")...)), &rows))
		for _, row := range rows {
			names = append(names, row["name"].(string))
		}
		return names
	}
	require.Equal(t, []string{"Ada", "Ben", "Dan"}, found("operators"))
	require.Equal(t, []string{"Dan"}, found("operators", "-state", "disabled"))
	require.Equal(t, []string{"Ben", "Dan"}, found("operators", "-role", "Moderator"))
	require.Equal(t, []string{"Ben"}, found("operators", "-role", "moderator", "-state", "active"))
	require.Equal(t, []string{"Ben"}, found("operators", "-search", "BE"))
	require.Equal(t, []string{"Ada", "Ben"}, found("operators", "-n", "2"))
	require.Contains(t, r.ok("operators", "-n", "2"), "There are more than these 2.")
	require.NotContains(t, r.ok("operators", "-n", "3"), "There are more")

	var one map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.ok("operators", "show", "Ben", "-json")), &one))
	require.Equal(t, []any{"moderator", "community-manager"}, one["role_ids"])
	require.Equal(t, "active", one["state"])
	require.Equal(t, true, one["has_password"])
	require.NotContains(t, one, "last_active_at", "what is not there is left out")
	require.NotContains(t, r.ok("operators", "show", "Ben", "-json"), "argon2id", "a hash is nobody's business")
}

func TestManyOperatorsAreListedInFull(t *testing.T) {
	r := newRig(t)
	var writes []store.Write
	for i := range 450 {
		name := strings.Repeat("x", 1+i/26) + string(rune('a'+i%26))
		writes = append(writes, store.PutOperator{Operator: store.Operator{
			ID: "id-" + name, Name: name, NameKey: name, Email: name + "@example.org", EmailKey: name + "@example.org", State: store.OperatorActive, PrimaryRole: backoffice.Moderator, CreatedAt: r.Clock.Now(),
		}})
	}
	r.Write(writes...)
	require.Equal(t, 451, strings.Count(r.ok("operators"), "\n"))
	require.Equal(t, 203, strings.Count(r.ok("operators", "-n", "201"), "\n"), "a head, the rows, and that there are more")
}

func TestWhatOthersWroteCannotMoveTheCursor(t *testing.T) {
	r := newRig(t)
	o := r.put("Eve", store.OperatorActive, backoffice.Moderator)
	o = r.Find(o.ID)
	o.Name = "Eve\x1b[2J\x1b]0;pwned\x07\tand\nmore"
	r.Write(store.PutOperator{Operator: o})
	for _, args := range [][]string{{"operators"}, {"operators", "show", "Eve@example.org"}, {"unlock", "eve@example.org"}, {"audit"}, {"roles", "show", "moderator"}} {
		out := r.ok(args...)
		require.NotContains(t, out, "\x1b", args)
		require.NotContains(t, out, "\x07", args)
	}
	require.NotContains(t, r.refused("enable", "eve@example.org"), "\x1b")
}
