package commands

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

// columns are how records of one kind are printed as a table. Heads are the ends of the
// keys of their messages.
type columns[T any] struct {
	heads []string
	cells func(c *call, row T) []any
}

// list prints records as JSON, as a table, or as the message for none.
func list[T any](c *call, rows []T, none string, as columns[T]) error {
	switch {
	case c.flags.on("json"):
		return printJSON(c.out, rows)
	case len(rows) == 0:
		c.print(none)
		return nil
	}
	return table(c, rows, as)
}

// table writes aligned columns, with a dash for what is missing.
func table[T any](c *call, rows []T, as columns[T]) error {
	lines := [][]string{each(as.heads, func(head string) string { return c.words.Text("commands.head." + head) })}
	for _, row := range rows {
		lines = append(lines, each(as.cells(c, row), func(cell any) string { return cmp.Or(c.line(cell), "-") }))
	}
	return align(c.out, lines)
}

// show prints what is known of one thing: its record as JSON, or a line for each
// label and value that is not empty. Labels are the ends of the keys of their messages.
func (c *call) show(record any, labelled ...any) error {
	if c.flags.on("json") {
		return printJSON(c.out, record)
	}
	var lines [][]string
	for i := 0; i < len(labelled); i += 2 {
		if value := c.line(labelled[i+1]); value != "" {
			lines = append(lines, []string{c.words.Text("commands.label." + labelled[i].(string)), value})
		}
	}
	return align(c.out, lines)
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
func (c *call) line(v any) string {
	switch v := v.(type) {
	case time.Time:
		return stamp(v)
	case messages.Text:
		return safe(c.words, c.words.Say(v))
	case []messages.Text:
		return oneLine(strings.Join(each(v, c.words.Say), ", "))
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
func oneLine(s string) string { return desk.OneLine(joinLines.Replace(s), maxCell) }

// joinLines joins those of an error of several, as drivers write them.
var joinLines = strings.NewReplacer(":\n\t", ": ", "\n\t", "; ", "\n", "; ", "\t", " ")

// maxCell is how much of a text is printed, in bytes.
const maxCell = 2048

var (
	errNoTerminal = wrong("commands.error.no_terminal")
	errDeclined   = wrong("commands.error.declined")
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
	fmt.Fprint(c.stderr, c.said("commands.confirm", "question", messages.Plain(question)), " ")
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
		if c.isYes(strings.TrimSpace(answer)) {
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

// isYes reports whether an answer is a yes in the reader's language, or in English.
func (c *call) isYes(answer string) bool {
	for word := range strings.SplitSeq("y,yes,"+c.words.Text("commands.yes"), ",") {
		if strings.EqualFold(strings.TrimSpace(word), answer) && answer != "" {
			return true
		}
	}
	return false
}

// only is the message of a key if a condition holds, and otherwise nothing.
func (c *call) only(holds bool, key string, args ...any) messages.Text {
	if !holds {
		return messages.Text{}
	}
	return messages.New(key, args...)
}

// either is one of two messages.
func (c *call) either(first bool, key, other string) messages.Text {
	if first {
		return messages.New(key)
	}
	return messages.New(other)
}
