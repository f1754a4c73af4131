package resource

import (
	"cmp"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

const (
	// mostExported is how many rows an export has, exportBatch how many are read at a time.
	mostExported, exportBatch = 10_000, 500
)

// postExport answers with the list as it is filtered, as CSV (RFC 4180, after a byte order
// mark). It has the fields of the list that the operator may see, under their names, with
// times in RFC 3339. No cell is a formula to a spreadsheet.
func (r *request[T]) postExport() (pages.Answer, error) {
	q, found := r.asked(r.Form())
	if len(found) > 0 {
		return pages.GoTo(r.path()+"?"+r.narrowed(r.Form()), pages.Notice{}), nil // which says what is wrong
	}
	if err := r.MayExport(); err != nil {
		return nil, err
	}
	name := r.Path + "-" + r.Now().UTC().Format(time.DateOnly) + ".csv"
	err := r.office.Record(r.ctx, backoffice.Act{
		Code: r.permission("export"), Kind: r.Path, Name: name, After: map[string]string{"filter": r.applied(r.Form(), q)},
	})
	if err != nil {
		return nil, err
	}
	r.ctx = r.NoTimeLimit() // as long as the export is
	q.Limit = exportBatch
	rows, next, err := r.Resource.page(r.ctx, r.viewable, q)
	if err != nil {
		return nil, err // while it still can be a page
	}
	return pages.Stream("text/csv; charset=utf-8", name, func(w http.ResponseWriter) error {
		return r.writeCSV(w, q, rows, next)
	}), nil
}

// applied is what narrows a list, as the audit log has it: what took effect and nothing else
// that was sent, each value so that it cannot pass for another filter.
func (r *request[T]) applied(given url.Values, q Query) string {
	var all []string
	add := func(name, value string) {
		if strings.ContainsFunc(value, func(c rune) bool { return c == '"' || unicode.IsSpace(c) }) {
			value = strconv.Quote(value)
		}
		all = append(all, name+"="+value)
	}
	for _, c := range r.filtered() {
		if c.private() { // as not everyone who reads the log may see its values
			if slices.ContainsFunc(q.Where, func(w Where) bool { return w.Field == c.name }) {
				add(c.name, "…")
			}
			continue
		}
		if value := given.Get(c.name); value != "" {
			add(c.name, value)
		}
		for _, end := range []string{from, to} {
			if value := strings.TrimSpace(given.Get(c.name + end)); value != "" {
				add(c.name+end, value)
			}
		}
	}
	if q.Search != "" {
		add("q", strings.Join(Words(q.Search), " "))
	}
	return cmp.Or(strings.Join(all, " "), everything)
}

// writeCSV writes the rows of a query, of which it has the first.
func (r *request[T]) writeCSV(w http.ResponseWriter, q Query, rows []T, next *Cursor) error {
	columns := r.model.seen(r.op, List)
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.name
	}
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(cells); err != nil {
		return err
	}
	for written := 0; ; {
		for i := range rows {
			if written++; written > mostExported {
				return r.cut(out)
			}
			for n, c := range columns {
				cells[n] = c.exported(&rows[i])
			}
			if err := out.Write(cells); err != nil {
				return err
			}
		}
		out.Flush()
		if err := out.Error(); err != nil || next == nil {
			return err
		}
		q.After = next
		var err error
		if rows, next, err = r.Resource.page(r.ctx, r.viewable, q); err != nil {
			return err
		}
	}
}

// cut ends a file that does not have all rows by saying so.
func (r *request[T]) cut(out *csv.Writer) error {
	if err := out.Write([]string{r.T("resource.export.cut", "most", mostExported)}); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// exported is a value as a cell of a spreadsheet.
func (c *column[T]) exported(row *T) string {
	v := c.value(row)
	text := c.plain(v)
	if c.optional && zero(v) {
		return ""
	}
	if _, isNumber := v.(int64); isNumber {
		return text // of digits and a sign
	}
	return desk.Harmless(text)
}
