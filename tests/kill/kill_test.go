package kill_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// trial is a flow made ready: a file on which it can begin at any time.
type trial struct {
	flow
	file   string
	began  time.Time
	values values
	calls  []string
	// events and letters are how many there are before.
	events, letters int
}

func ready(t *testing.T, f flow) *trial {
	x := &trial{flow: f, file: filepath.Join(t.TempDir(), "office.db"), values: values{}}
	o := open(t, x.file, testoffice.Noon)
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	o.Person("Boss", desk.RoleSuperAdministrator)
	x.values["boss"] = o.Enter("Boss")
	if f.prepare != nil {
		f.prepare(o, x.values)
	}
	x.began = o.Now().Add(time.Minute)
	x.events, x.letters = o.succeeded(f.event), o.letters(f.mail)
	o.began = x.began
	require.False(t, f.done(o), "nothing is done yet")
	o.close()

	o, v := x.office(t, copyFile(t, x.file))
	require.NoError(t, f.act(o, v), "without being killed")
	x.calls = o.Store.Calls()
	x.whole(t, o, true)
	o.close()
	return x
}

// office opens an office on a file as it was made ready, and what people have in
// their hands.
func (x *trial) office(t *testing.T, file string) (*office, values) {
	o := open(t, file, x.began)
	o.began, o.notes = x.began, file+".notes"
	return o, maps.Clone(x.values)
}

// whole checks that the flow happened as a whole or not at all, with its row of
// the audit and its mail, and that nothing else is out of order.
func (x *trial) whole(t *testing.T, o *office, done bool) {
	t.Helper()
	more := 0
	if done {
		more = 1
	}
	require.Equal(t, done, x.done(o))
	if x.event != "" {
		require.Equal(t, x.events+more, o.succeeded(x.event), "%s is audited exactly when it happened", x.event)
	}
	if x.mail != "" {
		require.Equal(t, x.letters+more, o.letters(x.mail), "%s is queued exactly when it happened", x.mail)
	}
	o.inOrder()
}

// inOrder checks what holds of every office.
func (o *office) inOrder() {
	o.T.Helper()
	v, err := o.VerifyAudit(ctx, desk.CommandLine(), home, "")
	require.NoError(o.T, err)
	require.Zero(o.T, v.Broken, v.Problem)
	page, err := o.Under.ListOperators(ctx, store.OperatorQuery{})
	require.NoError(o.T, err)
	supers := 0
	for _, op := range page.Rows {
		switch op.State {
		case store.OperatorInvited:
			require.Empty(o.T, op.Password)
			require.False(o.T, op.InviteExpiresAt.IsZero())
		case store.OperatorActive, store.OperatorDisabled:
			require.NotEmpty(o.T, op.Password)
		default:
			require.Fail(o.T, "no such state", "%s is %q", op.Name, op.State)
		}
		if op.IsActiveSuperAdministrator() {
			supers++
		}
		require.Equal(o.T, op.TwoFactor, o.hasFactor(op.ID), op.Name)
		sessions, err := o.Under.ListSessions(ctx, op.ID)
		require.NoError(o.T, err)
		require.True(o.T, op.State == store.OperatorActive || len(sessions) == 0, "%s is %s and has a session", op.Name, op.State)
	}
	require.Positive(o.T, supers)
}

// goOn checks what a process left behind that ended in the middle of the flow,
// and that the person can go on.
func (x *trial) goOn(t *testing.T, file string, v values) {
	t.Helper()
	o, _ := x.office(t, file)
	defer o.close()
	o.Clock.Add(x.wait)
	done := x.done(o)
	x.whole(t, o, done)

	err := x.act(o, v)
	if err != nil && x.instead != nil {
		err = x.instead(o, v)
	}
	if done {
		require.True(t, err == nil || said(err, x.said), "whoever tries again is told that it is done: %v", err)
	} else {
		require.NoError(t, err, "whoever tries again succeeds")
	}
	if done && x.twice {
		require.True(t, x.done(o))
		o.inOrder()
		return
	}
	x.whole(t, o, true)
}

// errKilled is how a flow ends where the process would.
var errKilled = errors.New("killed")

// TestKilledBetweenCalls ends the flows before and after each of their calls of
// the store. What is left is the file, which another process opens.
func TestKilledBetweenCalls(t *testing.T) {
	for _, f := range flows {
		t.Run(f.name, func(t *testing.T) {
			x := ready(t, f)
			for n, call := range x.calls {
				for _, after := range []bool{false, true} {
					what := fmt.Sprintf("call %d of %d, %s, done %v", n+1, len(x.calls), call, after)
					file := copyFile(t, x.file)
					o, v := x.office(t, file)
					reached := false
					o.Store.Around(func(i int, done bool) {
						// Once dead, it does nothing more, in whatever goroutine.
						if reached = reached || i == n+1 && done == after; reached {
							panic(errKilled)
						}
					})
					func() {
						defer func() { _ = recover() }()
						_ = x.act(o, v)
					}()
					o.close()
					if !reached {
						require.True(t, after, "%s", what) // a call that finds nothing has no after
						continue
					}
					t.Run(what, func(t *testing.T) { x.goOn(t, file, v) })
				}
			}
		})
	}
}

// order is what a process is started for, to be killed.
type order struct {
	Flow, File string
	Began      time.Time
	Values     values
	// Call is where it kills itself: before or after that call, or inside.
	Call  int
	Where string
}

const orderVariable = "POSTERN_KILL_ORDER"

// TestKilledForReal has processes kill themselves in the middle of, and after the
// commit that is the flow.
func TestKilledForReal(t *testing.T) {
	if text := os.Getenv(orderVariable); text != "" {
		obey(t, text)
		return
	}
	self, err := os.Executable()
	require.NoError(t, err)
	for _, f := range flows {
		t.Run(f.name, func(t *testing.T) {
			x := ready(t, f)
			call := 0
			for n, c := range x.calls {
				if strings.HasPrefix(c, "Commit(") && (f.event == "" || strings.Contains(c, "AppendEvent")) {
					call = n + 1
				}
			}
			require.Positive(t, call, "%v", x.calls)
			for _, where := range []string{"inside", "after"} {
				t.Run(where, func(t *testing.T) {
					if where == "inside" && !strings.Contains(x.calls[call-1], "AppendEvent") {
						where = "before" // there is nothing to be inside of
					}
					file := copyFile(t, x.file)
					text, err := json.Marshal(order{f.name, file, x.began, x.values, call, where})
					require.NoError(t, err)
					cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestKilledForReal$")
					cmd.Env = append(os.Environ(), orderVariable+"="+string(text))
					out, err := cmd.CombinedOutput()
					var exit *exec.ExitError
					require.ErrorAs(t, err, &exit, "%s", out)
					status, ok := exit.Sys().(syscall.WaitStatus)
					require.True(t, ok && status.Signaled() && status.Signal() == syscall.SIGKILL, "it was killed: %v: %s", exit, out)
					v := maps.Clone(x.values)
					if notes, err := os.ReadFile(file + ".notes"); err == nil {
						require.NoError(t, json.Unmarshal(notes, &v))
					}
					x.goOn(t, file, v)
				})
			}
		})
	}
}

// obey does a flow and kills this process in the middle of it.
func obey(t *testing.T, text string) {
	var todo order
	require.NoError(t, json.Unmarshal([]byte(text), &todo))
	die := func() {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // until it arrives
	}
	at := 0
	inside := func() {
		if at == todo.Call && todo.Where == "inside" {
			die()
		}
	}
	for _, f := range flows {
		if f.name != todo.Flow {
			continue
		}
		o := open(t, todo.File, todo.Began)
		o.Store.Inside(inside)
		o.began, o.notes = todo.Began, todo.File+".notes"
		o.Store.Around(func(n int, done bool) {
			at = n
			if n == todo.Call && (done && todo.Where == "after" || !done && todo.Where == "before") {
				die()
			}
		})
		err := f.act(o, todo.Values)
		require.Fail(t, "it lives", "%v", err)
	}
	require.Fail(t, "no such flow", todo.Flow)
}
