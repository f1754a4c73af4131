package browser_test

import (
	"database/sql"
	"encoding/csv"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/judge"
)

// moderates does to the example's posts all that package resource has pages for.
func (p *person) moderates(t *testing.T, e *example) {
	posts := e.office() + "/posts"
	p.follow("Posts")
	p.Click("#field-q")
	p.Press("cheap")
	p.Wait("tbody tr:only-child")
	p.press("Clear")
	p.pick("#field-state", "hidden")
	p.Wait("#none")
	require.Contains(t, p.Text("main"), "No matches")
	p.looks("none")
	p.press("Clear filters")
	require.Equal(t, 6, p.Count("a.line-title"))
	p.looks("list")

	// A mistake, and what was typed stays.
	p.press("Seed swap")
	p.looks("detail")
	p.press("Edit")
	p.looks("form")
	tab := &person{Browser: p.Tab(), s: p.s}
	require.Equal(t, 200, tab.Open(posts+"/seed-2/edit"))
	p.Fill("#field-title", "   ")
	p.Fill("#field-body", "Bring paper bags.")
	require.Equal(t, 422, p.press("Save"))
	require.Equal(t, "Bring paper bags.", p.Value("#field-body"))
	require.Equal(t, "field-title", p.focused())
	p.looks("refused")
	p.Fill("#field-title", "Seed swap on Sunday")
	require.Equal(t, 200, p.press("Save"))
	require.Contains(t, p.said(), "Saved.")

	// The other tab knows nothing of that.
	tab.Fill("#field-title", "Seed swap at noon")
	require.Equal(t, 409, tab.press("Save"))
	require.Contains(t, visibleText(tab), "Seed swap on Sunday")
	tab.looks("stale")
	require.Equal(t, 200, tab.press("Save yours"))
	require.Equal(t, "Seed swap at noon", tab.Text("h1"))
	require.Contains(t, tab.Text("main"), "Bring paper bags.", "what the other one changed besides stays")

	// Hiding takes a proof of who is there, and a reason.
	p.Open(posts + "/seed-3")
	e.ages(t)
	p.press("Hide")
	p.heading("Confirm your identity")
	p.Paste("#field-password", p.password)
	if p.Count("#field-code") > 0 {
		p.Fill("#field-code", judge.CodeAt(t, p.secret, soon()))
	}
	require.Equal(t, 200, p.Submit(primary))
	p.looks("hide")
	p.Fill("#field-reason", "An advertisement.")
	require.Equal(t, 200, p.press("Hide"))
	require.Contains(t, p.Text("main"), "An advertisement.")

	// Several at once: what is hidden already is left out.
	p.follow("Posts")
	for _, id := range []string{"seed-3", "seed-4", "seed-5"} {
		p.tick(`input[name=row][value="` + id + `"]`)
	}
	p.looks("ticked")
	p.Choose("#field-act", "hide")
	require.Equal(t, 200, p.press("Review"))
	require.Equal(t, 1, p.Count("li.left-out"))
	p.looks("preview")
	p.Fill("#field-reason", "Settled at the meeting.")
	require.Equal(t, 200, p.press("Hide"))
	require.Equal(t, 2, p.Count(".outcomes .badge.success"))
	p.looks("done")

	p.Open(posts + "/seed-5/delete")
	p.looks("delete")
	require.Equal(t, 200, p.press("Delete"))
	require.Contains(t, p.said(), "Deleted.")
	p.pick("#field-state", "hidden")
	p.Wait("tbody tr:nth-child(2):last-child")
	name, content := p.Download(p.mark("main", "CSV"))
	require.Regexp(t, `^posts-[0-9]{4}-[0-9]{2}-[0-9]{2}\.csv$`, name)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(content, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 3, "the heads, and what fits the filters")
}

// ages makes every session old enough for a step-up.
func (e *example) ages(t *testing.T) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(e.dir, "community.db")+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec(`UPDATE postern_sessions SET proved_at = 1`)
	require.NoError(t, err)
}

// looks keeps pictures of the page where they are asked for: "go test ./tests/browser -run
// TestExample$ -screenshots DIR".
func (p *person) looks(name string) {
	if *screenshots != "" {
		p.keep(name, onDesks, onPhones)
	}
}
