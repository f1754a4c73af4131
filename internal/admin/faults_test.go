package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/faultstore"
	"github.com/postern-go/postern/internal/memdump"
)

var errDown = errors.New("down")

// trial is one service made ready to go wrong.
type trial struct {
	*world
	faults *faultstore.Store
	do     func(ctx context.Context) (string, error)
	before string
}

func try(t *testing.T, a act) *trial {
	w := newWorld(t, a)
	x := &trial{world: w, faults: faultstore.Wrap(w.cfg.Store)}
	d := w.over(x.faults)
	x.faults.Reset()
	x.before = x.state()
	x.do = func(ctx context.Context) (string, error) { return a.do(ctx, d, w.boss, w) }
	return x
}

// state is all that is stored but what counts.
func (x *trial) state() string { return memdump.Dump(x.mem, "counters") }

// safe checks that a failure gave nothing away and left nothing behind.
func (x *trial) safe(what, handedOut string, err error) {
	x.t.Helper()
	require.Error(x.t, err, what)
	require.Empty(x.t, handedOut, what)
	require.True(x.t, x.before == x.state(), "%s: %v left something behind", what, err)
}

func TestAStoreThatFailsAtAnyCallLeavesNothingHalfDone(t *testing.T) {
	for _, a := range acts {
		t.Run(a.name, func(t *testing.T) {
			x := try(t, a)
			_, err := x.do(ctx)
			require.NoError(t, err)
			require.False(t, x.before == x.state())
			calls := x.faults.Calls()
			commits := 0
			for n, call := range calls {
				what := fmt.Sprintf("call %d, %s", n+1, call)
				x := try(t, a)
				x.faults.FailAt(n+1, errDown)
				handedOut, err := x.do(ctx)
				if strings.HasPrefix(call, "ListEvents") && a.name == "export the audit" {
					require.ErrorIs(t, err, errDown, what) // asking was written down before
					continue
				}
				x.safe(what, handedOut, err)
				require.ErrorIs(t, err, errDown, what)

				x = try(t, a)
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

func TestABrokenOffRequestLeavesNothingHalfDone(t *testing.T) {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	for _, a := range acts {
		t.Run(a.name, func(t *testing.T) {
			x := try(t, a)
			handedOut, err := x.do(ended)
			require.ErrorIs(t, err, context.Canceled)
			x.safe("broken off", handedOut, err)
		})
	}
}
