package stores_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store/sqlstore"
)

// TestRowsAddedByHandAreFoundOut adds rows to the audit log past the office, as the
// owner of a database can.
func TestRowsAddedByHandAreFoundOut(t *testing.T) {
	const columns = `id, at, code, outcome, actor_id, actor_name, target_kind, target_id, target_name,
		ip, user_agent, route, request_id, session_id, reason, detail, mac, latest_at`
	const add = `INSERT INTO postern_events (seq, ` + columns + `) SELECT `
	for _, d := range databases[1:] {
		t.Run(d.name, func(t *testing.T) {
			d := d.make(t)
			for _, c := range []struct {
				prefix, statement string
				broken            func(first, last int64) int64
			}{
				{"nothing_", ``, func(int64, int64) int64 { return 0 }},
				{"next_", add + `(SELECT seq + 1 FROM postern_event_head), ` + columns + ` FROM postern_events WHERE seq = (SELECT seq FROM postern_event_head)`,
					func(_, last int64) int64 { return last + 1 }},
				{"far_", add + `seq + 1000, ` + columns + ` FROM postern_events WHERE seq = (SELECT seq FROM postern_event_head)`,
					func(_, last int64) int64 { return last + 1 }},
				{"purged_", add + `(SELECT purged_seq FROM postern_event_head) - 1, ` + columns + ` FROM postern_events WHERE seq = (SELECT seq FROM postern_event_head)`,
					func(first, _ int64) int64 { return first - 2 }},
			} {
				d.prefix = c.prefix
				o := testoffice.Open(testoffice.NewRig(t, d.store(t)))
				fill := func() {
					for range 4 {
						o.Audit(testoffice.Home, "mail.tested", desk.Success).System().Record(t.Context())
					}
				}
				verify := func() desk.Verdict {
					v, err := o.VerifyAudit(t.Context(), desk.CommandLine(), testoffice.Home, "")
					require.NoError(t, err, c.prefix)
					return v
				}
				fill()
				o.Clock.Add(400 * 24 * time.Hour)
				fill()
				// What the purge leaves to be deleted is not taken for tampering.
				o.Store.FailMethod("Purge", testoffice.ErrDown)
				require.ErrorIs(t, o.PurgeAt(t.Context(), o.Now()), testoffice.ErrDown)
				require.Zero(t, verify().Broken, c.prefix)
				o.Store.Reset()
				require.NoError(t, o.PurgeAt(t.Context(), o.Now()))
				before := verify()
				require.Zero(t, before.Broken)
				if c.statement != "" {
					_, err := d.open(t).ExecContext(t.Context(), strings.ReplaceAll(c.statement, sqlstore.DefaultTablePrefix, d.prefix))
					require.NoError(t, err, c.prefix)
				}
				found := verify()
				require.Equal(t, c.broken(before.From, before.To+1), found.Broken, "%s: %s", c.prefix, found.Problem)
			}
		})
	}
}
