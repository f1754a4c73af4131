package commands_test

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/commands"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// hostile clears a screen, sets a title, begins a sequence with one character of
// eight bits, turns text around, and ends the line.
const hostile = "x\x1b[2J\x1b]0;owned\x07\u009b2J\u202egnp\u2066\x7f\x08\r\nroot\u2028\u2029\U000e0041\ufeff"

// forms are the arguments of a command, for each form that its answer can have.
func (w *town) forms(t *testing.T, name string) (forms [][]string) {
	t.Helper()
	var help, problems bytes.Buffer
	parse(append(strings.Fields(name), "-help"), &help, &problems)
	forms = [][]string{w.args(name)}
	if strings.Contains(help.String(), "-json") {
		forms = append(forms, append(w.args(name), "-json"))
	}
	if name == "audit export" {
		forms = append(forms, []string{"audit", "export", "-format", "jsonl"})
	}
	return forms
}

func TestNothingThatIsStoredMovesTheCursor(t *testing.T) {
	hostileTown := func(t *testing.T) *town {
		w := newTown(t)
		for _, name := range []string{"Ben", "Dan", "Ivy"} {
			w.Change("id-of-"+strings.ToLower(name), func(o *store.Operator) {
				o.Name, o.MemberID = name+hostile, hostile+name
			})
		}
		w.Write(
			store.PutRole{Role: store.Role{ID: "custom", Name: "Custom" + hostile, NameKey: "custom", Description: hostile, Permissions: []string{hostile}, CreatedAt: w.Clock.Now()}},
			store.AppendEvent{Event: store.Event{ID: "h", At: w.Clock.Now(), Code: hostile, Outcome: hostile, ActorID: hostile, ActorName: hostile, TargetID: "id-of-ben",
				TargetKind: "operator", TargetName: hostile, IP: hostile, UserAgent: hostile, Route: hostile, RequestID: hostile, SessionID: hostile, Reason: hostile,
				Detail: map[string]string{hostile: hostile}}, MAC: func(ends store.AuditEnds, _ store.Event) (mac, seal []byte, err error) {
				return []byte("mac"), ends.Seal, nil
			}},
			store.EnqueueMail{Mail: store.Mail{ID: "m", OperatorID: "id-of-ben", Kind: hostile, To: hostile, Subject: hostile, Body: []byte("sealed"), State: store.MailQueued,
				Reply: hostile, CreatedAt: w.Clock.Now(), NextAttemptAt: w.Clock.Now(), ExpiresAt: w.Clock.Now().AddDate(0, 0, 1)}},
		)
		w.ChangeParameters(func(p *store.Parameters) {
			p.UpdatedBy, p.Values = hostile, map[string]string{"signin.paused_text": hostile, hostile: hostile}
		})
		w.Sent.Refuse(&mail.DeliveryError{Reply: "451 " + hostile})
		return w
	}
	w := hostileTown(t)
	for _, name := range names(t) {
		for _, args := range w.forms(t, name) {
			status, stdout, stderr := w.run(args...)
			if name == "audit export" {
				stdout = strings.TrimPrefix(stdout, "\uFEFF") // for spreadsheets; no terminal obeys it
			}
			require.False(t, strings.ContainsFunc(stdout+stderr, func(r rune) bool { return r != '\n' && r != '\r' && !unicode.IsPrint(r) }), "%q: %q", args, stdout+stderr)
			if name != "audit export" {
				require.NotContains(t, stdout+stderr, "\r", args)
			}
			require.NotRegexp(t, `(?m)^root`, stdout+stderr, "%q begins a line of its own", args)
			require.NotEqual(t, commands.ExitUsage, status)
		}
	}
	// What is typed is also printed.
	for _, args := range [][]string{{hostile}, {"unlock", hostile}, {"unlock", "a", hostile}, {"unlock", "-" + hostile}, {"mail", "-state", hostile}, {"operators", "-n", hostile},
		{"audit", "-since", hostile}, {"audit", "-event", hostile}, {"parameters", "set", hostile, hostile}, {"parameters", "set", "session.idle", hostile}, {"grant", hostile, hostile},
		{"invite", hostile}, {"invite", "new2@example.org", "-name", hostile}, {"alias", "set", hostile}, {"mail", "test", hostile}, {"audit", "verify", "-since", hostile}} {
		status, stdout, stderr := w.run(args...)
		require.NotZero(t, status, args)
		require.Empty(t, stdout)
		require.False(t, strings.ContainsFunc(stderr, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) }), "%q: %q", args, stderr)
		require.NotRegexp(t, `(?m)^root`, stderr)
	}
}

func TestNoCommandTakesASecret(t *testing.T) {
	secret := regexp.MustCompile(`(?i)password|secret|token|code|pepper|key`)
	for _, name := range names(t) {
		var help, problems bytes.Buffer
		parse(append(strings.Fields(name), "-help"), &help, &problems)
		usage, rest, _ := strings.Cut(help.String(), "\n")
		require.NotRegexp(t, secret, strings.TrimPrefix(usage, "Usage: "+name))
		for _, flag := range regexp.MustCompile(`(?m)^  (-\S+)`).FindAllString(rest, -1) {
			require.NotRegexp(t, secret, flag, "%s: arguments are read by everyone on the machine", name)
		}
	}
}

func TestWhateverACommandChangesIsAuditedAsTheCommandLine(t *testing.T) {
	for _, name := range inMemory(t) {
		w := newTown(t)
		before, events := w.Dump("counters"), len(w.Events())
		w.ok(w.args(name)...)
		fresh := w.Events()[events:]
		require.Equal(t, before != w.Dump("counters"), len(fresh) > 0, name)
		for _, e := range fresh {
			if name == "approvals approve" && e.Code == "parameters.changed" {
				require.Equal(t, "Command line", e.Detail[desk.DetailApprovedBy], "the act is that of who asked")
				continue
			}
			require.Equal(t, desk.ActorCommandLine, e.ActorID, "%s: %s", name, e.Code)
		}
	}
}

func TestCtrlCLeavesNothingHalfDone(t *testing.T) {
	for _, name := range inMemory(t) {
		for n := 1; ; n++ {
			w := newTown(t)
			before := w.state()
			ctx, interrupt := context.WithCancel(t.Context())
			w.Store.Around(func(call int, done bool) {
				if call == n && !done {
					interrupt()
				}
			})
			var out, problems bytes.Buffer
			command, _ := backoffice.ParseCommand(w.args(name), &out, &problems)
			status := command.Run(ctx, w.office)
			interrupt()
			calls := w.Store.Calls()
			if len(calls) < n {
				break
			}
			if status == commands.ExitOK {
				require.NotEmpty(t, out.String(), "%s, at %d: %v", name, n, calls)
				continue
			}
			require.Contains(t, problems.String(), "context canceled", "%s, at %d: %v", name, n, calls)
			if before == w.state() || name == "audit export" || name == "audit verify" || strings.HasPrefix(name, "mail ") {
				continue // these act before they fail, and report it
			}
			t.Errorf("%s, at %d: %v: failed, and changed something: %s", name, n, calls, problems.String())
		}
	}
}

func TestCtrlCAnswersAQuestionWithANo(t *testing.T) {
	r := newRig(t)
	r.put("Ben", store.OperatorActive, backoffice.Moderator)
	before := r.Dump()
	silent, typing := io.Pipe()
	defer typing.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	var out, problems bytes.Buffer
	command, _ := backoffice.ParseCommand([]string{"delete", "Ben"}, &out, &problems)
	command.Stdin = seat{reading{silent, interrupt}}
	require.Equal(t, commands.ExitFailed, command.Run(ctx, r.office))
	require.Contains(t, problems.String(), "[y/N] \ndelete: nothing was done\n")
	require.True(t, before == r.Dump())
}

// reading calls something when it is read.
type reading struct {
	io.Reader
	begun func()
}

func (r reading) Read(p []byte) (int, error) { r.begun(); return r.Reader.Read(p) }

func TestOneOfTheLastTwoSuperAdministratorsStays(t *testing.T) {
	for _, take := range [][]string{{"disable"}, {"delete", "-yes"}, {"set-roles"}} {
		r := newRig(t)
		r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
		r.put("Eve", store.OperatorActive, backoffice.SuperAdministrator)
		var wait sync.WaitGroup
		for _, who := range []string{"Ada", "Eve"} {
			wait.Go(func() {
				args := append(take, who)
				if take[0] == "set-roles" {
					args = append(args, "moderator")
				}
				var out, problems bytes.Buffer
				command, _ := backoffice.ParseCommand(args, &out, &problems)
				command.Run(context.WithoutCancel(t.Context()), r.office)
			})
		}
		wait.Wait()
		left := strings.Count(r.ok("operators", "-role", "super-administrator", "-state", "active"), "Super-administrator")
		require.Equal(t, 1, left, take)
	}
}

func TestAnEmailAddressIsOnePersonInAnyCase(t *testing.T) {
	r := newRig(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	for _, email := range []string{"ADA@EXAMPLE.ORG", "Ada@Example.org", " ada@example.org ", "ada@ｅxample.org", "Ada <mailto:ada@example.org>"} {
		require.Contains(t, r.refused("invite", email, "-name", "Eve"), `Ada (ada@example.org) has access already; "reset-password"`)
		require.Contains(t, r.ok("unlock", email), "Cleared the failed attempts of Ada")
	}
	for _, email := range []string{"аda@example.org", "ada@example.org\x00", "ada@example.org\nbcc: eve@example.org", "ada@example.org,eve@example.org", "eve@example.org <ada@example.org>"} {
		require.NotEmpty(t, r.refused("unlock", email))
		require.NotEmpty(t, r.refused("invite", email, "-name", "Eve"))
	}
	require.Len(t, r.Codes(), 1+5)
}
