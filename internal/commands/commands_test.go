package commands_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/commands"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// post keeps the mails that it is asked to send, or refuses them.
type post struct {
	mails []mail.Message
	err   error
}

func (p *post) Send(_ context.Context, m mail.Message) error {
	if p.err == nil {
		p.mails = append(p.mails, m)
	}
	return p.err
}

type rig struct {
	t      *testing.T
	office *backoffice.Office
	store  store.Store
	post   *post
	now    time.Time
	input  io.Reader
	secret []byte
}

func newRig(t *testing.T) *rig { return newRigOver(t, memstore.New()) }

func newRigOver(t *testing.T, st store.Store, change ...func(*backoffice.Config)) *rig {
	r := &rig{t: t, store: st, post: &post{}, now: time.Date(2026, time.November, 21, 9, 30, 0, 0, time.UTC), input: strings.NewReader("")}
	secret := make([]byte, 32)
	_, err := rand.Read(secret)
	require.NoError(t, err)
	cfg := backoffice.Config{
		Origin: "https://community.example", Secret: secret,
		Store: st, Mail: r.post, Name: "Riverside back office",
		PasswordHashing: password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true},
		Now:             func() time.Time { return r.now }, Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&cfg)
	}
	r.secret = cfg.Secret
	r.office, err = backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	return r
}

// put stores an operator with a password, as many things ask for one.
func (r *rig) put(name string, state store.OperatorState, roles ...string) store.Operator {
	r.t.Helper()
	o := store.Operator{
		ID: "id-of-" + strings.ToLower(name), Name: name, NameKey: strings.ToLower(name), Email: strings.ToLower(name) + "@example.com", EmailKey: strings.ToLower(name) + "@example.com",
		SearchKey: strings.ToLower(name + " " + name + "@example.com"),
		State:     state, PrimaryRole: roles[0], Roles: roles[1:], CreatedAt: r.now, UpdatedAt: r.now, Password: "$argon2id$none", PasswordSetAt: r.now,
	}
	if state == store.OperatorInvited {
		o.Password, o.PasswordSetAt, o.InviteExpiresAt = "", time.Time{}, r.now.Add(time.Hour)
	}
	require.NoError(r.t, r.store.Commit(r.t.Context(), store.PutOperator{Operator: o}))
	return o
}

// find reads an operator again.
func (r *rig) find(o store.Operator) store.Operator {
	r.t.Helper()
	found, err := r.store.FindOperator(r.t.Context(), o.ID)
	require.NoError(r.t, err)
	return found
}

// last is the newest audit row.
func (r *rig) last() store.Event {
	r.t.Helper()
	events, err := r.store.ListEvents(r.t.Context(), store.EventQuery{Limit: 1})
	require.NoError(r.t, err)
	return events.Rows[0]
}

// run does a command and returns what it said.
func (r *rig) run(args ...string) (status int, stdout, stderr string) {
	r.t.Helper()
	var out, problems bytes.Buffer
	command, status := backoffice.ParseCommand(args, &out, &problems)
	if command == nil {
		return status, out.String(), problems.String()
	}
	command.Stdin = r.input
	status = command.Run(r.t.Context(), r.office)
	return status, out.String(), problems.String()
}

// ok does a command that must succeed, and returns its output.
func (r *rig) ok(args ...string) string {
	r.t.Helper()
	status, stdout, stderr := r.run(args...)
	require.Equal(r.t, commands.ExitOK, status, stderr)
	require.Empty(r.t, stderr)
	return stdout
}

// refused does a command that must fail, and returns what it said.
func (r *rig) refused(args ...string) string {
	r.t.Helper()
	status, stdout, stderr := r.run(args...)
	require.Equal(r.t, commands.ExitFailed, status, stdout)
	require.Empty(r.t, stdout)
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

	out := r.ok("invite", "ada@example.com", "-name", "Ada Lovelace", "-role", "super-administrator", "-role", "moderator")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 3)
	require.Contains(t, lines[0], "ada@example.com as super-administrator, moderator")
	require.True(t, strings.HasPrefix(lines[2], r.office.HomeURL()+"welcome#"), "the link is a line of its own")

	require.Len(t, r.post.mails, 1, "the mail went out with the command")
	require.Equal(t, "ada@example.com", r.post.mails[0].To)
	require.Contains(t, r.post.mails[0].Text, lines[2])

	table := strings.Split(r.ok("operators"), "\n")
	require.Regexp(t, `^NAME +EMAIL +ROLES +STATE +TWO-FACTOR +LAST ACTIVE$`, table[0])
	require.Regexp(t, `^Ada Lovelace +ada@example\.com +Super-administrator, Moderator +invited +off +-$`, table[1])
	require.Equal(t, strings.Index(table[0], "STATE"), strings.Index(table[1], "invited"), "columns are aligned")
}

func TestTheRoleLeftOutIsTheLeast(t *testing.T) {
	r := newRig(t)
	r.ok("invite", "ada@example.com", "-role", "super-administrator")
	require.Contains(t, r.ok("invite", "ben@example.com"), "Invited ben@example.com as moderator.")
	require.Regexp(t, `ben +ben@example\.com +Moderator +invited`, r.ok("operators"))
}

func TestTheFirstInvitationCannotCloseTheSetupLink(t *testing.T) {
	r := newRig(t)
	status, stdout, stderr := r.run("invite", "ben@example.com")
	require.Equal(t, commands.ExitFailed, status)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "the office is not set up yet")
	setup, err := r.office.SetupURL(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, setup)
}

func TestTheLinkIsPrintedAlthoughTheMailServerIsDown(t *testing.T) {
	r := newRig(t)
	r.post.err = errors.New("no route to the mail server")
	status, out, stderr := r.run("invite", "ada@example.com", "-role", "super-administrator")
	require.Equal(t, commands.ExitOK, status)
	require.Contains(t, out, r.office.HomeURL()+"welcome#")
	require.Contains(t, stderr, "The email to ada@example.com is not delivered yet, and will be tried again: ")
	require.Empty(t, r.post.mails)

	r.post.err, r.now = nil, r.now.Add(2*time.Minute)
	_, err := r.office.DeliverMail(t.Context())
	require.NoError(t, err)
	require.Len(t, r.post.mails, 1, "it waited in the queue")
}

func TestSomebodyIsHelpedIn(t *testing.T) {
	r := newRig(t)
	r.ok("invite", "ada@example.com", "-name", "Ada", "-role", "super-administrator")

	require.Contains(t, r.ok("reset-two-factor", "ada@example.com", "-reason", "phone lost on the train"), "Reset two-factor authentication of Ada")
	require.Len(t, r.post.mails, 2, "the operator is told")
	require.Contains(t, r.ok("reset-two-factor", "ADA"), "Reset two-factor authentication of Ada", "a name does, too")
	require.Contains(t, r.ok("unlock", "ada@example.com"), "Cleared the failed attempts of Ada")

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
	link := r.ok("invite", "ada@example.com", "-role", "super-administrator")
	_, token, found := strings.Cut(strings.TrimSpace(link), "#")
	require.True(t, found)
	audit := r.ok("audit")
	require.NotContains(t, audit, token)
	require.NotContains(t, audit, strings.Trim(strings.TrimPrefix(r.office.HomeURL(), "https://community.example"), "/"))
}
