package commands

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/postern-go/postern/internal/desk"
)

// columns are how records of one kind are printed as a table.
type columns[T any] struct {
	heads []string
	cells func(T) []any
}

// list prints records as JSON, as a table, or as the sentence for none.
func list[T any](c *call, rows []T, none string, as columns[T]) error {
	switch {
	case c.flags.on("json"):
		return printJSON(c.out, rows)
	case len(rows) == 0:
		fmt.Fprintln(c.out, none)
		return nil
	}
	return table(c.out, rows, as)
}

// table writes aligned columns, with a dash for what is missing.
func table[T any](out io.Writer, rows []T, as columns[T]) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(as.heads, "\t"))
	for _, row := range rows {
		texts := each(as.cells(row), func(cell any) string { return cmp.Or(line(cell), "-") })
		fmt.Fprintln(t, strings.Join(texts, "\t"))
	}
	return t.Flush()
}

// show prints what is known of one thing: its record as JSON, or a line for each
// label and value that is not empty.
func (c *call) show(record any, labelled ...any) error {
	if c.flags.on("json") {
		return printJSON(c.out, record)
	}
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for i := 0; i < len(labelled); i += 2 {
		if value := line(labelled[i+1]); value != "" {
			fmt.Fprintf(t, "%s:\t%s\n", labelled[i], value)
		}
	}
	return t.Flush()
}

// printJSON writes one JSON value, indented.
func printJSON(out io.Writer, v any) error { return desk.WriteJSON(out, v, "  ") }

// each makes records of rows. It is never nil, so that none is [] in JSON.
func each[A, B any](rows []A, record func(A) B) []B {
	list := make([]B, 0, len(rows))
	for _, r := range rows {
		list = append(list, record(r))
	}
	return list
}

// pageSize is how many rows are read at once.
const pageSize = 200

// collect reads pages until there are enough records, or no more.
func collect[A, B any](most int, record func(A) B, page func(limit int) (rows []A, more bool, err error)) ([]B, error) {
	all := []B{}
	for {
		rows, more, err := page(min(most-len(all), pageSize))
		if err != nil {
			return nil, err
		}
		if all = append(all, each(rows, record)...); !more || len(all) >= most {
			return all, nil
		}
	}
}

// line is a value as people read it, on one line.
func line(v any) string {
	switch v := v.(type) {
	case time.Time:
		return stamp(v)
	case []string:
		return oneLine(strings.Join(v, ", "))
	}
	return oneLine(fmt.Sprint(v))
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

// oneLine keeps what others wrote from controlling a terminal.
func oneLine(s string) string { return desk.OneLine(strings.ReplaceAll(s, "\n", "; "), maxCell) }

// maxCell is how much of a text is printed, in bytes.
const maxCell = 2048

var (
	errNoTerminal = errors.New("this cannot be undone, and there is no terminal to ask on: add -yes to confirm")
	errDeclined   = errors.New("nothing was done")
)

// confirm asks before what cannot be undone. Anything but a yes is a no.
func (c *call) confirm(question string) error {
	if c.flags.on("yes") {
		return nil
	}
	file, ok := c.stdin.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return errNoTerminal
	}
	if info, err := file.Stat(); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		return errNoTerminal
	}
	fmt.Fprintf(c.stderr, "%s [y/N] ", oneLine(question))
	answers := make(chan string, 1)
	go func() { // without an answer, this goroutine ends with the program
		answer, err := bufio.NewReader(c.stdin).ReadString('\n')
		if err != nil {
			answer = ""
		}
		answers <- answer
	}()
	select {
	case <-c.interrupted:
		fmt.Fprintln(c.stderr)
		return errDeclined
	case answer := <-answers:
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return nil
		}
		if answer == "" {
			// /dev/null looks like a terminal, and says nothing.
			fmt.Fprintln(c.stderr)
			return errNoTerminal
		}
		return errDeclined
	}
}
