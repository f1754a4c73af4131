package browser_test

import (
	"database/sql"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestAuditIsFilteredExportedAndVerified: who answers for the office finds an
// act in the audit, takes the audit along, and checks that nobody has changed
// it.
func TestAuditIsFilteredExportedAndVerified(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	p.invite("Ben Ode", "ben@riverside.example", backoffice.Moderator)

	t.Run("filtered", func(t *testing.T) {
		p.follow("Audit log")
		all := p.Count("tbody tr")
		p.Choose("#field-event", "operator.invited")
		require.Equal(t, 200, p.press("Show"))
		require.Equal(t, 1, p.Count("tbody tr"))
		require.Greater(t, all, 1)
		p.Submit("tbody th a")
		entry := visibleText(p)
		for _, what := range []string{p.name, "Ben Ode", "127.0.0.1", "operator.invited"} {
			require.Contains(t, entry, what)
		}
	})

	t.Run("exported", func(t *testing.T) {
		p.follow("Audit log")
		p.Choose("#field-area", "operator")
		p.press("Show")
		name, content := p.Download(p.mark("main", "CSV"))
		require.Regexp(t, `^audit-[0-9]{4}-[0-9]{2}-[0-9]{2}\.csv$`, name)
		rows, err := csv.NewReader(strings.NewReader(content)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2, "the heads, and what fits the filters")
		require.Contains(t, rows[1], "operator.invited")
		p.follow("Audit log")
		require.Contains(t, p.Text("tbody"), "audit.exported", "that, too, is written down")
	})

	t.Run("verified", func(t *testing.T) {
		verify := func() string {
			p.follow("Audit log")
			p.press("Verify")
			require.Equal(t, 200, p.press("Verify now"))
			return p.Text("h1")
		}
		require.Equal(t, "The audit log is intact", verify())
		db, err := sql.Open("sqlite", s.dsn)
		require.NoError(t, err)
		defer db.Close()
		// Somebody with every right over the database.
		_, err = db.ExecContext(t.Context(), `DROP TRIGGER postern_events_no_update; UPDATE postern_events SET actor_name = 'Mallory' WHERE code = 'operator.invited'`)
		require.NoError(t, err)
		require.Equal(t, "The audit log was tampered with", verify())
	})
}
