package view

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice/parts"
)

var update = flag.Bool("update", false, "write the list of promises anew")

// TestPromisesAreKept compares what pages of hosts may use with testdata/parts.txt. A line that
// is gone breaks pages of hosts: raise parts.Version, and say in the changelog how to adapt. A
// new line is a new promise: explain it in docs/parts.md.
func TestPromisesAreKept(t *testing.T) {
	const file = "testdata/parts.txt"
	golden, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := []string{fmt.Sprintf("version %d", parts.Version)}
	for _, name := range PromisedParts {
		given := map[string]string{
			"ago": "moment", "ago-alone": "moment", "time": "moment", "icon": "string", "initials": "string", "problem": "parts.Field", "problems": "[]parts.FieldError",
		}[name]
		if given == "" {
			given = "page"
		}
		if want := taken[name]; want != nil {
			given = want.String()
		}
		lines = append(lines, "part "+name+" "+given)
	}
	for _, name := range PromisedFuncs {
		require.Contains(t, ownFuncs, name)
		lines = append(lines, "function "+name+strings.TrimPrefix(reflect.TypeOf(ownFuncs[name]).String(), "func"))
	}
	for _, kind := range parts.Kinds() {
		lines = append(lines, "kind "+string(kind))
	}
	for _, name := range PartIcons {
		lines = append(lines, "icon "+name)
	}
	css, err := os.ReadFile("static/postern.css")
	require.NoError(t, err)
	script, err := os.ReadFile("static/postern.js")
	require.NoError(t, err)
	for _, line := range strings.Split(strings.TrimSpace(string(golden)), "\n") {
		what, name, _ := strings.Cut(line, " ")
		found := true
		switch what {
		case "class":
			found = regexp.MustCompile(`\.` + regexp.QuoteMeta(name) + `[^\w-]`).Match(css)
		case "property":
			found = strings.Contains(string(css), "\n  "+name+": ")
		case "attribute":
			found = strings.Contains(string(script)+string(css), name)
		default:
			continue
		}
		require.True(t, found, "the %s %s is promised, and is gone", what, name)
		lines = append(lines, line)
	}
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	require.Equal(t, string(golden), got)
}

// TestPartsSayWhatTheyTake: a mistake in Go shows when the page is rendered, with the name of
// the part.
func TestPartsSayWhatTheyTake(t *testing.T) {
	for name, c := range map[string]struct {
		part  func() error
		wrong string
	}{
		"another type":      {func() error { _, err := given("tabs", "x"); return err }, `the part "tabs" takes a parts.Tabs, not a string`},
		"nothing":           {func() error { _, err := given("pager", nil); return err }, `the part "pager" takes a parts.Pager, and got nothing`},
		"a pointer":         {func() error { _, err := given("empty", &parts.Empty{}); return err }, ""},
		"a pointer to none": {func() error { _, err := controlOf((*parts.Field)(nil)); return err }, `the part "field" takes a parts.Field, and got nothing`},
		"no label":          {func() error { _, err := controlOf(parts.Field{Name: "a"}); return err }, `the field "a" needs a name and a label`},
		"no such kind":      {func() error { _, err := controlOf(parts.Field{Name: "a", Label: "A", Kind: "dat"}); return err }, `there is no kind "dat", did you mean "date"?`},
		"too few values":    {func() error { _, err := drawBars(parts.Chart{Label: "C", Points: []parts.Point{{}}}, nil); return err }, `chart "C": Points[0] has 0 values for 1 series`},
		"a value below zero": {func() error {
			_, err := drawLines(parts.Chart{Label: "C", Points: []parts.Point{{Values: []int{-1}}}}, nil)
			return err
		}, `Points[0] has the value -1`},
		"a chart unnamed": {func() error { _, err := drawBars(parts.Chart{}, nil); return err }, `chart: Label is empty`},
		"too many series": {func() error {
			_, err := drawBars(parts.Chart{Label: "C", Series: make([]parts.Series, 5)}, nil)
			return err
		}, `5 series, and there can be 4`},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.part()
			if c.wrong == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.wrong)
		})
	}
}

func TestBarsAreScaledToTheHighest(t *testing.T) {
	values := [][]int{{150, 50}, {1, 0}, {199, 1}, {0, 0}}
	chart := parts.Chart{Label: "C", Series: []parts.Series{{Label: "a"}, {Label: "b"}}}
	for _, v := range values {
		chart.Points = append(chart.Points, parts.Point{Text: "x", Values: v})
	}
	d, err := drawBars(chart, nil)
	require.NoError(t, err)
	heights := func(i int) []int {
		p := d.Bars[i].Parts
		return []int{p[0].Top, p[0].Percent, p[1].Top, p[1].Percent}
	}
	require.Equal(t, []int{25, 75, 0, 25}, heights(0))
	require.Equal(t, []int{96, 4, 96, 0}, heights(1), "what is not zero can be seen")
	require.Equal(t, 0, heights(2)[2], "and never leaves the top")
	require.Equal(t, []int{100, 0, 100, 0}, heights(3))
	for v, want := range map[int]int{0: 2, 2: 2, 3: 4, 9: 20, 20: 20, 21: 40, 1999: 2000, 2001: 4000} {
		require.Equal(t, want, roundUp(v), v)
	}
}

func TestNearNames(t *testing.T) {
	require.True(t, slices.IsSorted(PromisedParts))
	require.Equal(t, `, did you mean "pager"?`, near("pagr", PromisedParts))
	require.Empty(t, near("something", PromisedParts))
}
