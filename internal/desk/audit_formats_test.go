package desk_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func TestEventsAreWrittenInEitherFormat(t *testing.T) {
	events := []store.Event{
		{Seq: 2, ID: "e2", At: time.Date(2026, 3, 14, 9, 0, 0, 1000, time.UTC), Code: "operator.renamed", Outcome: "success",
			ActorID: "a", ActorName: "=1+1", TargetName: "Ann, \"the boss\"", Reason: "-x", Detail: map[string]string{"before": "Ben"}, MAC: []byte("secret")},
		{Seq: 1, ID: "e1", At: time.Date(2026, 3, 14, 8, 0, 0, 0, time.UTC), Code: "alias.generated", Outcome: "success"},
	}
	write := func(format string, events ...store.Event) string {
		out := written(t, format, events...)
		require.NotContains(t, out, "secret")
		return out
	}

	rows, err := csv.NewReader(strings.NewReader(write("csv", events...))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 3)
	require.Len(t, rows[0], 17)
	require.Equal(t, "\uFEFFseq", rows[0][0], "Excel takes a file without the mark for one in the code page of the country")
	require.NotContains(t, write("jsonl", events...), "\uFEFF")
	require.Equal(t, []string{"2", "e2", "2026-03-14T09:00:00.000001Z", "operator.renamed", "success", "a", "'=1+1"}, rows[1][:7])
	require.Equal(t, []string{"Ann, \"the boss\"", "", "", "", "", "", "'-x", `{"before":"Ben"}`}, rows[1][9:])
	require.Empty(t, rows[2][16])

	// Where the comma is for decimals, spreadsheets split at semicolons, and
	// strangers write what their browser is called.
	for _, agent := range []string{`x;=cmd|' /C calc'!A0;`, "x; +1", "x;\"=1+1\";", "x;-1", "x;;@SUM(1)"} {
		for cell := range strings.SplitSeq(write("csv", store.Event{Seq: 1, UserAgent: agent}), ";") {
			require.NotRegexp(t, `^[ "]*[=+\-@]`, cell, agent)
		}
	}

	lines := strings.Split(strings.TrimSpace(write("jsonl", events...)), "\n")
	require.Len(t, lines, 2)
	var record map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &record))
	require.Equal(t, "=1+1", record["actor_name"], "only spreadsheets have formulas")
	require.Equal(t, map[string]any{"before": "Ben"}, record["detail"])

	require.Equal(t, rows[0], strings.Split(strings.TrimSpace(write("csv")), ","), "no rows still have a header")
	require.Empty(t, write("jsonl"))
	_, err = desk.NewAuditWriter(&strings.Builder{}, "xml")
	require.ErrorContains(t, err, "choose csv or jsonl")
}
