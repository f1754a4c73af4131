package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice"
)

// actTrial is one service made ready to go wrong.
type actTrial struct {
	*world
	faults *testoffice.Store
	do     func(ctx context.Context) (string, error)
	before string
}

func tryAct(t *testing.T, a act) *actTrial {
	w := newWorld(t, a)
	d, faults := w.Faulty()
	x := &actTrial{world: w, faults: faults}
	x.before = x.state()
	x.do = func(ctx context.Context) (string, error) { return a.do(ctx, d, w.Boss, w) }
	return x
}

// state is all that is stored but what counts.
func (x *actTrial) state() string { return x.Dump("counters") }

// safe checks that a failure gave nothing away and left nothing behind.
func (x *actTrial) safe(what, handedOut string, err error) {
	x.T.Helper()
	require.Error(x.T, err, what)
	require.Empty(x.T, handedOut, what)
	require.True(x.T, x.before == x.state(), "%s: %v left something behind", what, err)
}

func TestAnActThatAStoreFailsAtAnyCallLeavesNothingHalfDone(t *testing.T) {
	for _, a := range acts {
		t.Run(a.name, func(t *testing.T) {
			x := tryAct(t, a)
			_, err := x.do(ctx)
			require.NoError(t, err)
			require.False(t, x.before == x.state())
			calls := x.faults.Calls()
			commits := 0
			for n, call := range calls {
				what := fmt.Sprintf("call %d, %s", n+1, call)
				x := tryAct(t, a)
				x.faults.FailAt(n+1, errDown)
				handedOut, err := x.do(ctx)
				if strings.HasPrefix(call, "ListEvents") && a.name == "export the audit" {
					require.ErrorIs(t, err, errDown, what) // asking was written down before
					continue
				}
				x.safe(what, handedOut, err)
				require.ErrorIs(t, err, errDown, what)

				x = tryAct(t, a)
				x.faults.FailAfter(n+1, errDown)
				handedOut, err = x.do(ctx)
				if err == nil {
					require.Contains(t, call, "Find", "%s: it found nothing, which is no failure", what)
					continue
				}
				require.ErrorIs(t, err, errDown, what)
				require.Empty(t, handedOut, what)
				if strings.HasPrefix(call, "Commit(") {
					commits++
					require.False(t, x.before == x.state(), "%s: its outcome is not known", what)
				} else {
					x.safe(what, handedOut, err)
				}
			}
			require.Equal(t, 1, commits, "every change is one commit: %v", calls)
		})
	}
}

func TestAnActBrokenOffLeavesNothingHalfDone(t *testing.T) {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	for _, a := range acts {
		t.Run(a.name, func(t *testing.T) {
			x := tryAct(t, a)
			handedOut, err := x.do(ended)
			require.ErrorIs(t, err, context.Canceled)
			x.safe("broken off", handedOut, err)
		})
	}
}
