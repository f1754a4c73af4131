package stores_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
)

// TestTwoReplicasSettleACrashOnce is about replicas that find at the same moment that a change
// of the host's has no outcome.
func TestTwoReplicasSettleACrashOnce(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		o := testoffice.Open(testoffice.NewRig(t, d.store(t)), func(c *desk.Config) {
			c.Events = []desk.EventKind{{Code: "garden.closed", Label: "A garden was closed."}}
		})
		job, err := desk.Job("nightly")
		require.NoError(t, err)
		act := desk.Act{Code: "garden.closed", ID: "7", After: map[string]string{"open": "no"}}
		done := func(context.Context) error { return nil }
		require.NoError(t, o.AuditAct(t.Context(), job, desk.Visit{}, act, done))
		faulty, st := o.Faulty()
		st.FailMethod("ConsumeToken", testoffice.ErrDown)
		require.NoError(t, faulty.AuditAct(t.Context(), job, desk.Visit{}, act, done))
		o.Clock.Add(6 * time.Minute)
		replicas := []*desk.Desk{o.Desk, o.Another(), o.Another()}
		for _, err := range testoffice.Race(len(replicas), func(i int) error { return replicas[i].SettleActs(t.Context()) }) {
			require.NoError(t, err)
		}
		var outcomes []string
		for _, e := range o.Events() {
			if e.Code == act.Code {
				outcomes = append(outcomes, e.Outcome)
			}
		}
		require.Equal(t, []string{desk.Begun, desk.Success, desk.Begun, desk.Unsettled}, outcomes)
	})
}
