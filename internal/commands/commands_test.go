package commands_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/commands"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// rig is an office and the commands that are given to it.
type rig struct {
	*testoffice.Rig
	office *backoffice.Office
	Sent   *testoffice.Postbox
	input  io.Reader
}

func newRig(t *testing.T) *rig { return newRigOver(t, memstore.New()) }

func newRigOver(t *testing.T, st store.Store, change ...func(*backoffice.Config)) *rig {
	r := &rig{Rig: testoffice.NewRig(t, st), Sent: &testoffice.Postbox{}, input: strings.NewReader("")}
	r.Clock.Set(time.Date(2026, time.November, 21, 9, 30, 0, 0, time.UTC))
	cfg := backoffice.Config{
		Origin: testoffice.Origin, Secret: testoffice.Secret(),
		Store: r.Store, Mail: r.Sent, Name: "Riverside back office",
		PasswordHashing: testoffice.Hashing, Now: r.Clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&cfg)
	}
	var err error
	r.office, err = backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	return r
}

// put stores an operator in a state, with a password if it asks for one.
func (r *rig) put(name string, state store.OperatorState, roles ...string) store.Operator {
	r.T.Helper()
	o := store.Operator{State: state, Password: "$argon2id$none"}
	if state == store.OperatorInvited {
		o.Password, o.InviteExpiresAt = "", r.Clock.Now().Add(time.Hour)
	}
	return r.Add(o, name, roles...)
}

// run does a command and returns what it said.
func (r *rig) run(args ...string) (status int, stdout, stderr string) {
	r.T.Helper()
	var out, problems bytes.Buffer
	command, status := backoffice.ParseCommand(args, &out, &problems)
	if command == nil {
		return status, out.String(), problems.String()
	}
	command.Stdin = r.input
	status = command.Run(r.T.Context(), r.office)
	return status, out.String(), problems.String()
}

// ok does a command that must succeed, and returns its output.
func (r *rig) ok(args ...string) string {
	r.T.Helper()
	status, stdout, stderr := r.run(args...)
	require.Equal(r.T, commands.ExitOK, status, stderr)
	require.Empty(r.T, stderr)
	return stdout
}

// refused does a command that must fail, and returns what it said.
func (r *rig) refused(args ...string) string {
	r.T.Helper()
	status, stdout, stderr := r.run(args...)
	require.Equal(r.T, commands.ExitFailed, status, stdout)
	require.Empty(r.T, stdout)
	return stderr
}

func TestTheAddressIsPrintedAndReplaced(t *testing.T) {
	r := newRig(t)
	before := r.ok("alias")
	require.Equal(t, r.office.HomeURL()+"\n", before)

	after := r.ok("alias", "rotate")
	require.NotEqual(t, before, after)
	require.Regexp(t, `^https://community\.example/[a-z2-7]{20}/\n$`, after)
	require.Equal(t, after, r.ok("alias"))
	require.Equal(t, r.office.HomeURL()+"\n", after)
}

func TestSomebodyIsInvited(t *testing.T) {
	r := newRig(t)
	require.Contains(t, r.ok("operators"), "There are no operators yet")

	out := r.ok("invite", "ada@example.org", "-name", "Ada Lovelace", "-role", "super-administrator", "-role", "moderator")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 3)
	require.Contains(t, lines[0], "ada@example.org as super-administrator, moderator")
	require.True(t, strings.HasPrefix(lines[2], r.office.HomeURL()+"welcome#"), "the link is a line of its own")

	require.Len(t, r.Sent.All(), 1, "the mail went out with the command")
	require.Equal(t, "ada@example.org", r.Sent.All()[0].To)
	require.Contains(t, r.Sent.All()[0].Text, lines[2])

	table := strings.Split(r.ok("operators"), "\n")
	require.Regexp(t, `^NAME +EMAIL +ROLES +STATE +TWO-FACTOR +LAST ACTIVE +LAST DAY$`, table[0])
	require.Regexp(t, `^Ada Lovelace +ada@example\.org +Super-administrator, Moderator +invited +off +- +-$`, table[1])
	require.Equal(t, strings.Index(table[0], "STATE"), strings.Index(table[1], "invited"), "columns are aligned")
}

func TestTheRoleLeftOutIsTheLeast(t *testing.T) {
	r := newRig(t)
	r.ok("invite", "ada@example.org", "-role", "super-administrator")
	require.Contains(t, r.ok("invite", "ben@example.org"), "Invited ben@example.org as moderator.")
	require.Regexp(t, `ben +ben@example\.org +Moderator +invited`, r.ok("operators"))
}

func TestTheFirstInvitationCannotCloseTheSetupLink(t *testing.T) {
	r := newRig(t)
	status, stdout, stderr := r.run("invite", "ben@example.org")
	require.Equal(t, commands.ExitFailed, status)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "the office is not set up yet")
	require.Contains(t, r.ok("setup"), r.office.HomeURL()+"setup#")
}

func TestASetUpOfficeHasNoSetupLink(t *testing.T) {
	require.Contains(t, newTown(t).ok("setup"), "The office is set up already")
}

func TestTheLinkIsPrintedAlthoughTheMailServerIsDown(t *testing.T) {
	r := newRig(t)
	r.Sent.Refuse(errors.New("no route to the mail server"))
	status, out, stderr := r.run("invite", "ada@example.org", "-role", "super-administrator")
	require.Equal(t, commands.ExitOK, status)
	require.Contains(t, out, r.office.HomeURL()+"welcome#")
	require.Contains(t, stderr, "The email to ada@example.org is not delivered yet, and will be tried again: ")
	require.Empty(t, r.Sent.All())

	r.Sent.Refuse(nil)
	r.Clock.Add(2 * time.Minute)
	_, err := r.office.DeliverMail(t.Context())
	require.NoError(t, err)
	require.Len(t, r.Sent.All(), 1, "it waited in the queue")
}

func TestSomebodyIsHelpedIn(t *testing.T) {
	r := newRig(t)
	r.ok("invite", "ada@example.org", "-name", "Ada", "-role", "super-administrator")

	require.Contains(t, r.ok("reset-two-factor", "ada@example.org", "-reason", "phone lost on the train"), "Reset two-factor authentication of Ada")
	require.Len(t, r.Sent.All(), 2, "the operator is told")
	require.Contains(t, r.ok("reset-two-factor", "ADA"), "Reset two-factor authentication of Ada", "a name does, too")
	require.Contains(t, r.ok("unlock", "ada@example.org"), "Cleared the failed attempts of Ada")

	audit := strings.Split(strings.TrimSpace(r.ok("audit", "-n", "4")), "\n")
	require.Len(t, audit, 5, "a head and four rows")
	require.Regexp(t, `^TIME +EVENT +OUTCOME +BY +ON +FROM +REASON$`, audit[0])
	require.Regexp(t, `^2026-11-21 09:30:00  operator\.unlocked +success +Command line +Ada +- +-$`, audit[1])
	require.Regexp(t, `two_factor\.reset .* asked for on the command line$`, audit[2])
	require.Regexp(t, `two_factor\.reset .* phone lost on the train$`, audit[3])
	require.Regexp(t, `operator\.invited `, audit[4])
}

func TestSecretsAreNotInTheAudit(t *testing.T) {
	r := newRig(t)
	link := r.ok("invite", "ada@example.org", "-role", "super-administrator")
	_, token, found := strings.Cut(strings.TrimSpace(link), "#")
	require.True(t, found)
	audit := r.ok("audit")
	require.NotContains(t, audit, token)
	require.NotContains(t, audit, strings.Trim(strings.TrimPrefix(r.office.HomeURL(), "https://community.example"), "/"))
}
