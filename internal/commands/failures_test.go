package commands_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/commands"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// directory is a community of one.
type directory struct{}

func (directory) FindMember(_ context.Context, id string) (backoffice.Member, error) {
	if id != "m-mel" {
		return backoffice.Member{}, backoffice.ErrNoMember
	}
	return backoffice.Member{ID: id, Name: "Mel", Email: "mel@example.org"}, nil
}

func (directory) FindMemberByLogin(context.Context, string) (backoffice.Member, error) {
	return backoffice.Member{}, backoffice.ErrNoMember
}

func (directory) CheckMemberPassword(context.Context, string, string) (bool, error) {
	return false, nil
}

// town is an office in which every command has something to act on.
type town struct {
	*rig
	failed string
	// request waits for a second operator.
	request string
}

func newTown(t *testing.T) *town {
	w := &town{rig: newRigOver(t, memstore.New(), func(c *backoffice.Config) { c.Members = directory{} })}
	ada := w.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	w.Add(store.Operator{State: store.OperatorActive, Password: "$argon2id$none", CreatedBy: ada.ID}, "Max", backoffice.Moderator)
	w.put("Ben", store.OperatorActive, backoffice.Moderator)
	w.put("Dan", store.OperatorDisabled, backoffice.Moderator)
	w.put("Ivy", store.OperatorInvited, backoffice.Moderator)
	// A new address waits to be confirmed.
	w.ChangeParameters(func(p *store.Parameters) {
		p.PreviousAlias, p.ConfirmBy = "quiet-side-door", w.Clock.Now().Add(10*time.Minute)
	})
	w.request = w.ask()
	w.failed = w.refuse("lost@example.org")
	w.Clock.Add(time.Minute)
	w.Store.Reset()
	return w
}

// ask has an operator ask for what needs a second one, and returns the id of the request.
func (r *rig) ask() string {
	r.T.Helper()
	o := testoffice.Open(r.Rig)
	r.Write(store.PutRole{Role: store.Role{ID: "keeper", Name: "Keeper", NameKey: "keeper", Permissions: []string{desk.PermissionParametersManage}, CreatedAt: r.Clock.Now(), UpdatedAt: r.Clock.Now()}})
	kim := o.Person("Kim", "keeper")
	o.Rules(map[string]string{"two_factor.who": "recommended", "approval.parameters": "on"})
	_, err := o.SaveParameters(r.T.Context(), o.Actor(kim), testoffice.Home, desk.ParametersForm{
		Values: map[string]string{"session.proof": "15m"}, Shown: map[string]string{"session.proof": "5m"},
	})
	waiting := (*desk.WaitingError)(nil)
	require.ErrorAs(r.T, err, &waiting)
	o.Delivered()
	o.Rules(nil)
	return waiting.ID
}

// refuse has the mail server refuse a mail for good, and returns its id.
func (r *rig) refuse(to string) string {
	r.T.Helper()
	r.Sent.Refuse(&mail.DeliveryError{Permanent: true, Reply: "550 no such user"})
	require.Contains(r.T, r.refused("mail", "test", to), "550 no such user")
	r.Sent.Refuse(nil)
	mails, err := r.Under.ListMails(r.T.Context(), store.MailQuery{State: store.MailFailed, Limit: 1})
	require.NoError(r.T, err)
	return mails.Rows[0].ID
}

// state is all that is kept but counters.
func (w *town) state() string { return w.Dump("counters") }

// runs are the commands with operands that fit a town.
var runs = map[string][]string{
	"setup": nil, "alias": nil, "alias show": nil, "alias rotate": nil, "alias set": {"another-side-door"}, "alias confirm": nil, "alias revert": nil,
	"operators": nil, "operators show": {"ben@example.org"}, "operators end": {"ben@example.org", "2036-01-01"},
	"invite": {"new@example.org"}, "invite cancel": {"Ivy"}, "grant": {"m-mel", "moderator"}, "set-roles": {"Ben", "administrator"},
	"disable": {"Ben"}, "enable": {"Dan"}, "delete": {"Ben", "-yes"}, "end-sessions": {"Ben"}, "end-all-sessions": {"-yes"}, "require-new-password": {"Ben"},
	"reset-password": {"Ben", "-link"}, "reset-two-factor": {"Ben"}, "unlock": {"Ben"},
	"roles": nil, "roles show": {"moderator"}, "parameters": nil, "parameters show": {"session.idle"},
	"parameters set": {"session.idle", "50m"}, "parameters restore": {"session.idle"}, "signin pause": {"Back at nine."}, "signin resume": nil,
	"mail": nil, "mail show": {"ID"}, "mail retry": {"ID"}, "mail test": {"x@example.org"},
	"keys": nil, "keys reseal": nil, "keys end": {"-yes"},
	"audit": nil, "audit events": nil, "audit verify": nil, "audit accept": {"-reason", "restored", "-yes"}, "audit export": {"-format", "csv"},
	"messages":         nil,
	"move":             {"-to", "office.db", "-yes"},
	"templates export": {"DIR"},
	"approvals":        nil, "approvals show": {"REQUEST"}, "approvals approve": {"REQUEST", "-alone"}, "approvals refuse": {"REQUEST"}, "vouch": {"Max"},
}

func (w *town) args(name string) []string {
	args := append(strings.Fields(name), runs[name]...)
	if i := slices.Index(args, "ID"); i >= 0 {
		args[i] = w.failed
	}
	if i := slices.Index(args, "REQUEST"); i >= 0 {
		args[i] = w.request
	}
	if i := slices.Index(args, "DIR"); i >= 0 {
		args[i] = filepath.Join(w.T.TempDir(), "new")
	}
	return args
}

var errDown = fmt.Errorf("%w: connection refused", store.ErrUnavailable)

func TestEveryCommandSaysThatTheStoreIsDown(t *testing.T) {
	fromMemory := []string{"alias", "audit events", "messages", "templates export"}
	w := newTown(t)
	before := w.state()
	for _, name := range names(t) {
		require.Contains(t, runs, name)
		t.Run(name, func(t *testing.T) {
			w.T = t
			w.Store.Reset()
			for n := range 50 {
				w.Store.FailAt(n+1, errDown)
			}
			if slices.Contains(fromMemory, name) {
				require.NotEmpty(t, w.ok(w.args(name)...), "this one needs no store")
				return
			}
			says := w.refused(w.args(name)...)
			require.True(t, strings.HasPrefix(says, name+": "), says)
			require.Contains(t, says, "connection refused")
			require.Contains(t, says, "The database is not responding. Repeat the command when it is.\n")
			require.Empty(t, w.Sent.All())
			require.True(t, before == w.state())
		})
	}
}

func TestWhatACommandSaysOfTheDatabaseIsDecidedByTheError(t *testing.T) {
	for err, says := range map[error]string{
		store.ErrUnavailable:       "The database is not responding.",
		store.ErrReadOnly:          "The database takes no writes at the moment.",
		errors.New("syntax error"): "",
	} {
		w := newTown(t)
		w.Store.FailAt(1, err)
		said := w.refused(w.args("operators")...)
		require.Contains(t, said, says)
		require.Equal(t, says != "", strings.Contains(said, "The database"), said)
	}
	w := newTown(t)
	w.Store.FailAt(1, fmt.Errorf("%w: replace it", store.ErrIncompatible))
	said := w.refused(w.args("operators")...)
	require.Contains(t, said, "not for this version of the program: replace it")
	require.NotContains(t, said, "The database", "waiting does not help")
}

// inMemory are the commands that work on the store of these tests. An office moves between
// SQL databases only: see tests/stores.
func inMemory(t *testing.T) []string {
	return slices.DeleteFunc(names(t), func(name string) bool { return name == "move" })
}

func TestAStoreThatFailsAtAnyCallLeavesNothingHalfDone(t *testing.T) {
	reading := newTown(t)
	for _, name := range inMemory(t) {
		t.Run(name, func(t *testing.T) {
			w := reading
			w.T = t
			before := w.state()
			w.ok(w.args(name)...)
			if before == w.state() {
				return // it only reads
			}
			reading = newTown(t)
			w = newTown(t)
			for n := 1; ; n++ {
				before := w.state()
				w.Store.Reset()
				w.Store.FailAt(n, errDown)
				status, stdout, stderr := w.run(w.args(name)...)
				call := strings.Join(w.Store.Calls()[:min(n, len(w.Store.Calls()))], " ")
				if status == commands.ExitOK {
					// The change is made, and what fails from here on is its mail.
					require.NotEmpty(t, stdout, call)
					require.Contains(t, call, "Commit(")
					return
				}
				require.Contains(t, stderr, "connection refused", call)
				if strings.HasPrefix(name, "mail ") || name == "audit export" || name == "audit verify" {
					// These do something before, which they say: a mail is
					// queued, and whoever asked for the audit is written down.
					w = newTown(t)
					continue
				}
				require.Empty(t, stdout, call)
				require.True(t, before == w.state(), "%s left something behind", call)
			}
		})
	}
}

func TestWhatCannotBeDoneIsAFailureThatSaysWhatToDo(t *testing.T) {
	tests := []struct {
		name string
		args []string
		says string
	}{
		{"two-factor of nobody", []string{"reset-two-factor", "eve@example.org"}, `there is no operator called "eve@example.org"; see: operators`},
		{"unlocking nobody", []string{"unlock", "eve@example.org"}, `there is no operator called "eve@example.org"; see: operators -state locked`},
		{"half of a name", []string{"disable", "be"}, `there is no operator called "be"; did you mean Ben (ben@example.org)? See: operators`},
		{"punctuation for a name", []string{"disable", "?!"}, `there is no operator called "?!"; see: operators`},
		{"a name that is taken", []string{"invite", "eve@example.org", "-name", "ADA"}, "Another operator has this name"},
		{"an address that is taken", []string{"invite", "ben@example.org"}, `Ben (ben@example.org) has access already; "reset-password" emails them a link`},
		{"a name for an address", []string{"invite", "Eve"}, "Enter an email address"},
		{"a role that is not there", []string{"invite", "eve@example.org", "-role", "queen"}, `there is no role "queen"; see: roles`},
		{"an empty reason", []string{"reset-two-factor", "ada@example.org", "-reason", ""}, "-reason is empty; the audit log needs one"},
		{"disabling without a reason", []string{"disable", "Ben", "-reason", " "}, "-reason is empty; the audit log needs one"},
		{"deleting without a reason", []string{"delete", "Ben", "-yes", "-reason", ""}, "-reason is empty; the audit log needs one"},
		{"disabling the last super-administrator", []string{"disable", "Ada"}, "this is the last active super-administrator; make someone else one first; see: invite, set-roles"},
		{"deleting the last super-administrator", []string{"delete", "Ada", "-yes"}, "this is the last active super-administrator"},
		{"demoting the last super-administrator", []string{"set-roles", "Ada", "moderator"}, "this is the last active super-administrator"},
		{"disabling twice", []string{"disable", "Dan"}, "Dan (dan@example.org) is already disabled"},
		{"enabling who is not disabled", []string{"enable", "Ben"}, "Ben (ben@example.org) is not disabled, but active"},
		{"cancelling what is no invitation", []string{"invite", "cancel", "Ben"}, "Ben (ben@example.org) is not invited, but active"},
		{"a password for who has not chosen one", []string{"reset-password", "Ivy"}, `Ivy (ivy@example.org) has not chosen a password yet; "invite" makes a new link`},
		{"a password for who is disabled", []string{"reset-password", "Dan", "-link"}, `Dan (dan@example.org) is disabled; "enable" them first`},
		{"access for a stranger", []string{"grant", "m-nobody", "moderator"}, `the community has no member with the ID "m-nobody"`},
		{"access as nothing there is", []string{"grant", "m-mel", "queen"}, `there is no role "queen"`},
		{"roles of which one is not there", []string{"set-roles", "Ben", "administrator", "queen"}, `there is no role "queen"; see: operators, roles`},
		{"a role that nobody made", []string{"roles", "show", "queen"}, `there is no role "queen"; see: roles`},
		{"operators with a role that nobody made", []string{"operators", "-role", "queen"}, `there is no role "queen"`},
		{"a parameter that is not there", []string{"parameters", "set", "idle", "10m"}, `there is no parameter called "idle"; did you mean session.idle? See: parameters`},
		{"a parameter like none", []string{"parameters", "restore", "colour"}, `there is no parameter called "colour"; see: parameters`},
		{"a time out of its range", []string{"parameters", "set", "session.idle", "2d"}, `session.idle cannot be "2d"; it takes 1m to 1h`},
		{"a number that is none", []string{"parameters", "set", "signin.failures", "few"}, `signin.failures cannot be "few"; it takes 3 to 10 attempts`},
		{"a choice that there is not", []string{"parameters", "set", "two_factor.who", "all"}, `it takes everyone, roles, recommended`},
		{"a value that does not go with another", []string{"parameters", "set", "session.absolute", "20m"}, "session.idle: This is longer than a session can last"},
		{"a notice too long", []string{"signin", "pause", strings.Repeat("x", 501)}, "signin.paused_text cannot be"},
		{"an address too short", []string{"alias", "set", "short"}, "Use 12 to 64 lower-case letters"},
		{"an address that people try first", []string{"alias", "set", "admin-panel-2024"}, "with other common words and numbers first"},
		{"a mail that is not there", []string{"mail", "show", "none"}, `there is no email "none"; see: mail`},
		{"sending again what is not there", []string{"mail", "retry", "none"}, `there is no email "none"; see: mail`},
		{"a test mail to no address", []string{"mail", "test", "Ben"}, "Enter an email address"},
		{"mails to nobody", []string{"mail", "-to", "eve@example.org"}, `there is no operator called "eve@example.org"`},
		{"a request that is not there", []string{"approvals", "show", "none"}, `there is no request "none"; see: approvals`},
		{"approving without saying that no one else does", []string{"approvals", "approve", "none"}, "add -alone to confirm"},
		{"refusing without a reason", []string{"approvals", "refuse", "none", "-reason", ""}, "-reason is empty; the audit log needs one"},
		{"vouching for whom nobody created", []string{"vouch", "Ada"}, "Ada (ada@example.org) needs no one to vouch for them"},
		{"moving what is no SQL database", []string{"move", "-to", "office.db", "-yes"}, "the office's store cannot be moved"},
		{"a mark that is none", []string{"audit", "verify", "-since", "12"}, "like 1042:9f86d081884c7d65"},
	}
	w := newTown(t)
	before := w.state()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			says := w.refused(tt.args...)
			require.True(t, strings.HasPrefix(says, tt.args[0]), says)
			require.Contains(t, says, tt.says)
			require.Equal(t, 1, strings.Count(says, "\n"), "one line: %s", says)
			require.True(t, before == w.state(), "nothing is half done")
		})
	}
	require.Empty(t, w.Sent.All())
}

func TestNobodyIsGuessedFromMany(t *testing.T) {
	r := newRig(t)
	for _, name := range []string{"Max1", "Max2", "Max3", "Max4", "Max5"} {
		r.put(name, store.OperatorActive, backoffice.Moderator)
	}
	require.Equal(t, "unlock: there is no operator called \"max\"; see: operators -state locked\n", r.refused("unlock", "max"))
	require.Contains(t, r.ok("unlock", "max3"), "Cleared the failed attempts of Max3 (max3@example.org).")
}

func TestARoleThatCouldBeTwoIsNotChosen(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	// A role made here may be called what a built-in one has for an id.
	require.NoError(t, r.Under.Commit(t.Context(), store.PutRole{Role: store.Role{
		ID: "custom-1", Name: "community-manager", NameKey: "community-manager", Permissions: []string{"audit.view"}, CreatedAt: r.Clock.Now(), UpdatedAt: r.Clock.Now(),
	}}))
	says := r.refused("invite", "eve@example.org", "-role", "community-manager")
	require.Contains(t, says, `"community-manager" could be the role Community manager (community-manager) or community-manager (custom-1); use the ID`)
	require.Contains(t, r.ok("invite", "eve@example.org", "-role", "custom-1", "-role", "Community Manager"), "Invited eve@example.org")
	require.Contains(t, r.ok("operators", "show", "eve@example.org"), "community-manager, Community manager")
}

func TestAnAnswerThatCannotBeWrittenIsAFailureAndItsMailsGoOut(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	var problems strings.Builder
	command, _ := backoffice.ParseCommand([]string{"alias", "rotate"}, full{}, &problems)
	status := command.Run(t.Context(), r.office)
	require.Equal(t, commands.ExitFailed, status)
	require.Contains(t, problems.String(), "no space left")
	require.Len(t, r.Sent.All(), 1)
}

// full is a disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }
