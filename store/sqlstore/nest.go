package sqlstore

import (
	"context"
	"fmt"
	"strings"
)

// view is a row with arrays of rows that belong to it, to be read together: as of one
// moment, and in one round trip.
type view struct {
	// columns are those of the row, of which there are width.
	columns string
	width   int
	// from is its table, and where selects it.
	from, where string
	args        []any
	arrays      []array
}

// array is an array of rows, each an array of columns.
type array struct {
	columns     []column
	table, name string
	// where are conditions, which may depend on the row of the view. The rows of each
	// follow those of the one before.
	where []string
	// order may end with a limit.
	order string
	args  []any
}

// column is a column to be put into JSON.
type column struct {
	name string
	kind columnKind
}

type columnKind int

const (
	plainColumn columnKind = iota // a number or text
	bytesColumn                   // becomes hexadecimal digits
	flagColumn                    // becomes 0 or 1
	jsonColumn                    // is JSON
)

func (k columnKind) of(names ...string) []column {
	columns := make([]column, len(names))
	for i, name := range names {
		columns[i] = column{name, k}
	}
	return columns
}

// jsonWords are what a database calls the functions that make JSON, and how it makes
// JSON of columns, which are @, by their kind.
type jsonWords struct {
	aggregate, array string
	columns          [4]string
}

// row is the expression for the JSON of a row.
func (w jsonWords) row(a array) string {
	each := make([]string, len(a.columns))
	for i, c := range a.columns {
		each[i] = strings.ReplaceAll(w.columns[c.kind], "@", a.name+"."+c.name)
	}
	return w.array + `(` + strings.Join(each, `, `) + `)`
}

func (s standard) nest(v view) (query string, args []any) {
	var b strings.Builder
	b.WriteString(`SELECT ` + v.columns)
	for _, a := range v.arrays {
		rows := a.table + ` ` + a.name + ` WHERE ` + a.where[0]
		if len(a.where) > 1 || a.order != "" {
			each := `SELECT ` + a.name + `.* FROM ` + a.table + ` ` + a.name + ` WHERE `
			rows = `(` + each + strings.Join(a.where, ` UNION ALL `+each) + a.order + `) ` + a.name
		}
		fmt.Fprintf(&b, `, (SELECT %s(%s) FROM %s)`, s.json.aggregate, s.json.row(a), rows)
		args = append(args, a.args...)
	}
	return b.String() + ` FROM ` + v.from + ` WHERE ` + v.where, append(args, v.args...)
}

func (standard) readNested(ctx context.Context, r reader, _ view, scan func(row) error, query string, args []any) error {
	_, err := find(ctx, r, func(r row) (any, error) { return nil, scan(r) }, query, args...)
	return err
}
