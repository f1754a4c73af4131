package stores_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// moveOrder is what a process is started for, to be killed after so many statements about tables
// that are set aside.
type moveOrder struct {
	From, To place
	After    int
}

type place struct{ Driver, DSN, Dialect string }

func (d database) place() place { return place{d.driver, d.dsn, d.dialect.String()} }

func (p place) database() database {
	d := database{driver: p.Driver, dsn: p.DSN, dialect: sqlstore.SQLite()}
	switch p.Dialect {
	case "postgresql":
		d.dialect = sqlstore.PostgreSQL()
	case "mysql":
		d.dialect = sqlstore.MySQL()
	}
	return d
}

const moveVariable = "POSTERN_MOVE_ORDER"

// TestAMoveWhoseProcessIsKilledGoesOn has processes kill themselves: early, while rows are
// copied, and late.
func TestAMoveWhoseProcessIsKilledGoesOn(t *testing.T) {
	if text := os.Getenv(moveVariable); text != "" {
		var o moveOrder
		require.NoError(t, json.Unmarshal([]byte(text), &o))
		db, r := o.From.database().record(t)
		theirs, rt := o.To.database().record(t)
		left := o.After
		die := func(s statement) {
			if !strings.Contains(s.query, "aside_") {
				return
			}
			if left--; left == 0 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
		}
		r.after, rt.after = die, die
		_, err := o.From.database().over(t, db).Move(t.Context(), store.Move{Way: store.MoveAll, To: o.To.database().over(t, theirs)})
		require.NoError(t, err)
		return
	}
	self, err := os.Executable()
	require.NoError(t, err)
	for _, c := range append(moves[:1:1], moves[2]) {
		t.Run(c.name, func(t *testing.T) {
			from, to := c.from(t), c.to(t)
			s := from.store(t)
			fill(t, s)
			was := from.contents(t, from.open(t), "")
			for _, after := range []int{1, 22, 60, 120} {
				order, err := json.Marshal(moveOrder{from.place(), to.place(), after})
				require.NoError(t, err)
				child := exec.Command(self, "-test.run=^TestAMoveWhoseProcessIsKilledGoesOn$")
				child.Env = append(os.Environ(), moveVariable+"="+string(order))
				out, err := child.CombinedOutput()
				require.ErrorContains(t, err, "signal: killed", "%s", out)
			}
			moved, err := s.Move(t.Context(), store.Move{Way: store.MoveAll, To: to.over(t, to.open(t))})
			require.NoError(t, err)
			require.True(t, moved.Resumed)
			requireSame(t, was, to.contents(t, to.open(t), ""))
			require.True(t, inUse(t, to))
			require.False(t, inUse(t, from))
		})
	}
}

// TestTwoMovesAtOnceAreOne runs the command twice, as two people at two machines do.
func TestTwoMovesAtOnceAreOne(t *testing.T) {
	for _, c := range moves[1:2] {
		t.Run(c.name, func(t *testing.T) {
			from, to := c.from(t), c.to(t)
			fill(t, from.store(t))
			was := from.contents(t, from.open(t), "")
			var all sync.WaitGroup
			errs := make([]error, 2)
			for i := range errs {
				here, there := from.over(t, from.open(t)), to.over(t, to.open(t))
				all.Go(func() { _, errs[i] = here.Move(t.Context(), store.Move{Way: store.MoveAll, To: there}) })
			}
			all.Wait()
			t.Log(errs)
			if inUse(t, from) || !inUse(t, to) {
				// Neither was the first everywhere; whoever runs it once more completes it.
				_, err := from.over(t, from.open(t)).Move(t.Context(), store.Move{Way: store.MoveAll, To: to.over(t, to.open(t))})
				require.NoError(t, err)
			}
			requireSame(t, was, to.contents(t, to.open(t), ""))
			require.True(t, inUse(t, to))
			require.False(t, inUse(t, from))
		})
	}
}
