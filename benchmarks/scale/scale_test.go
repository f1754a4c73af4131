package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// TestTheDocumentFollowsFromTheFigures calculates the document anew.
func TestTheDocumentFollowsFromTheFigures(t *testing.T) {
	f, err := load(root)
	require.NoError(t, err)
	written, err := os.ReadFile(filepath.Join(root, documentFile))
	require.NoError(t, err)
	fresh, err := document(string(written), f, usual)
	require.NoError(t, err)
	require.Equal(t, fresh, string(written), "renew it with: go run ./benchmarks/scale -calculate -write")
}

// TestTheFiguresAreStillTrue does every act on SQLite and compares what does not depend on the
// machine with what was measured.
func TestTheFiguresAreStillTrue(t *testing.T) {
	f, err := load(root)
	require.NoError(t, err)
	was, ok := f.of("SQLite")
	require.True(t, ok)
	is, err := measure(t.Context(), sqlite(t.TempDir()), size{acts: 2, rounds: 1, entries: 100})
	require.NoError(t, err)
	const renew = "renew it with: make scale"
	require.Len(t, is.Acts, len(was.Acts), renew)
	for key, c := range is.Acts {
		require.Equal(t, was.Acts[key].Statements, c.Statements, "statements of %q: %s", key, renew)
		require.Equal(t, was.Acts[key].Saved, c.Saved, "commits of %q: %s", key, renew)
		require.Equal(t, was.Acts[key].Rows, c.Rows, "rows of %q: %s", key, renew)
	}
	// A table ends in the middle of a page.
	require.InEpsilon(t, was.Tables["events"].all(), is.Tables["events"].all(), 0.2, "bytes of an audit entry: %s", renew)
}

// TestRecordsAreKeptAsLongAsTheDocumentSays reads the constants of the office.
func TestRecordsAreKeptAsLongAsTheDocumentSays(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "internal/desk/purge.go"))
	require.NoError(t, err)
	for name, days := range map[string]int{"keepMails": keptMails, "keepTokens": keptTokens, "keepDevices": keptDevices} {
		found := regexp.MustCompile(name + ` += (\d+) \* 24 \* time\.Hour`).FindStringSubmatch(string(text))
		require.NotNil(t, found, name)
		require.Equal(t, strconv.Itoa(days), found[1], name)
	}
}

// TestTheCalculation has figures whose results are known.
func TestTheCalculation(t *testing.T) {
	a := assumptions{
		Operators: 5, SignIns: 10, Requests: 864, Events: 100, Peak: 10, Replicas: 2, Pool: 4,
		Cores: 2, MemoryMiB: 1050, DiskGiB: 1, Connections: 80,
	}
	f := figures{HashMillis: 100, HashMiB: 50, Databases: []measured{{
		Name: "PostgreSQL",
		Acts: map[string]cost{
			invited: {Rows: map[string]float64{"recovery_codes": 10}}, signedIn: {Saved: 4}, touched: {Saved: 1, Office: 1e6, Server: 5e5},
		},
		Tables: map[string]rowBytes{"events": {1 << 10, 1 << 10}},
		Office: emptyOffice{KiB: 1 << 10, HeapKiB: 1 << 10, IdleServer: 1e4},
		Speed:  speed{Writers: 100, Apart: 1000},
	}}}
	get := func(l layout, n int, what string) (need, float64) {
		for i, need := range a.needs(f, l, n) {
			if need.what == what {
				return need, a.most(f, l, i)
			}
		}
		require.Fail(t, "no such need", what)
		return need{}, 0
	}
	apart, together := layouts[0], layouts[1]
	for _, c := range []struct {
		layout             layout
		what               string
		one, hundred, most float64
	}{
		{apart, "connections", 8, 800, 10},
		{together, "connections", 8, 8, math.Inf(1)},
		// 50 MiB, and two hashes of 50 each.
		{apart, "application: memory of each machine", 150, 15_000, 7},
		{together, "application: memory of each machine", 151, 250, 900},
		// 864 requests a day are one each 10 s in the busiest minute, half a second of a core
		// each; two replicas idle for a hundredth.
		{together, "database: cores", 0.07, 7, 28},
		{together, "commits a second that wait for the disk", 904. / 8640, 90_400. / 8640, 9557},
		{together, "disk after a year", 1./1024 + 36_500*2./(1<<20), 100./1024 + 3_650_000*2./(1<<20), 14},
		{together, "entries a second in one audit log", 100. / 8640, 100. / 8640, math.Inf(1)},
	} {
		t.Run(fmt.Sprint(c.layout.name, ": ", c.what), func(t *testing.T) {
			one, most := get(c.layout, 1, c.what)
			hundred, _ := get(c.layout, 100, c.what)
			require.InDelta(t, c.one, one.amount, 1e-9)
			require.InDelta(t, c.hundred, hundred.amount, 1e-6)
			require.Equal(t, c.most, most)
		})
	}
}
