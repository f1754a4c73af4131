package breakglass

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// table writes aligned columns, with a dash for what is not there.
func table(out io.Writer, rows [][]string) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, cells := range rows {
		for i, cell := range cells {
			cells[i] = cmp.Or(oneLine(cell), "-")
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	return t.Flush()
}

// sheet writes what is known of one thing, a line each, without what is not
// there.
func sheet(out io.Writer, rows [][2]string) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		if row[1] != "" {
			fmt.Fprintf(t, "%s:\t%s\n", row[0], oneLine(row[1]))
		}
	}
	return t.Flush()
}

// printJSON writes one JSON value, indented. An empty list is [].
func printJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// each makes rows of records; it is never nil.
func each[A, B any](rows []A, record func(A) B) []B {
	list := make([]B, 0, len(rows))
	for _, r := range rows {
		list = append(list, record(r))
	}
	return list
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

func ifElse(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}
