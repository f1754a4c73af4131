package resource

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// bind is a value as the database gets it.
func (t *table[T]) bind(c *spec, v any) any {
	switch v := v.(type) {
	case time.Time:
		return t.moment(c, v)
	case string:
		if c.uuid && v == "" {
			return uuidText([16]byte{})
		}
	case bool:
		if t.syntax != postgres {
			return number(v) // not every driver does
		}
	}
	return v
}

// stored is a field of a row as the database gets it.
func (t *table[T]) stored(c *column[T], row *T) any {
	v := c.value(row)
	switch {
	case c.null(v):
		return nil
	case c.kind == customKind:
		return c.bind(row)
	}
	return t.bind(&c.spec, v)
}

func (t *table[T]) moment(c *spec, v time.Time) any {
	v = v.UTC()
	switch layout := string(t.Times); {
	case t.Times == "" && t.syntax == mysql && c.date:
		return v.Format(time.DateOnly)
	case t.Times == "" && t.syntax == mysql:
		return v.Format(mysqlTime) // or the driver would write it in the zone that it reads
	case t.Times == "":
		return v
	case v.IsZero() && t.numeric():
		return int64(0)
	case v.IsZero():
		return ""
	case t.Times == UnixSeconds:
		return v.Unix()
	case t.Times == UnixMillis:
		return v.UnixMilli()
	case t.Times == UnixMicros:
		return v.UnixMicro()
	case c.date:
		return v.Format(time.DateOnly)
	default:
		return v.Format(layout)
	}
}

// mysqlTime is a DATETIME with as many digits as there are.
const mysqlTime = "2006-01-02 15:04:05.999999"

// readMySQLTime reads a DATETIME, TIMESTAMP or DATE.
func readMySQLTime(c *spec, from string) (any, error) {
	day, clock, _ := strings.Cut(from, " ")
	if day == "0000-00-00" {
		return time.Time{}, nil // what old tables have where there is none
	}
	if c.date && strings.Trim(clock, "0:.") != "" {
		return nil, fmt.Errorf("the column of the day holds the time of a day")
	}
	if clock == "" || c.date {
		return time.Parse(time.DateOnly, day)
	}
	return time.Parse(time.DateTime, from) // takes a fraction, too
}

// numeric reports that times are numbers.
func (t *table[T]) numeric() bool {
	return t.Times == UnixSeconds || t.Times == UnixMillis || t.Times == UnixMicros
}

// cells are what rows are scanned into.
func (t *table[T]) cells(columns []*column[T], row *T) []any {
	cells := make([]any, len(columns))
	for i, c := range columns {
		if c.kind == customKind {
			cells[i] = c.scan(row)
			continue
		}
		cells[i] = &cell[T]{t, c, row}
	}
	return cells
}

// cell is a field of a row as a sql.Scanner.
type cell[T any] struct {
	table  *table[T]
	column *column[T]
	row    *T
}

// Scan reads NULL as the zero value.
func (d *cell[T]) Scan(from any) error {
	c := d.column
	if from == nil {
		return c.assign(d.row, c.nothing())
	}
	if b, ok := from.([]byte); ok {
		from = string(b)
	}
	v, err := d.table.understand(&c.spec, from)
	if err == nil {
		err = c.assign(d.row, v)
	}
	if err != nil {
		return fmt.Errorf("the field %s: %w", c.name, err)
	}
	return nil
}

// understand turns what the driver returned into a value of the field.
func (t *table[T]) understand(c *spec, from any) (any, error) {
	text, isText := from.(string)
	n, isNumber := from.(int64)
	switch c.values {
	case texts:
		switch {
		case isText:
			return text, nil
		case isNumber:
			return strconv.FormatInt(n, 10), nil
		}
	case numbers:
		switch f, isFloat := from.(float64); {
		case isNumber:
			return n, nil
		case isText:
			return strconv.ParseInt(text, 10, 64)
		case isFloat && f == float64(int64(f)):
			return int64(f), nil
		}
	case bools:
		switch from := from.(type) {
		case bool:
			return from, nil
		case int64:
			return from != 0, nil
		case string:
			return strconv.ParseBool(from)
		}
	case times:
		if at, ok := from.(time.Time); ok {
			return at.UTC(), nil // drivers return the zone of the server or of the process
		}
		return t.readMoment(c, from)
	}
	return nil, fmt.Errorf("%T is not a value of its kind, %s", from, c.kind)
}

func (t *table[T]) readMoment(c *spec, from any) (any, error) {
	if text, ok := from.(string); ok && t.numeric() {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the column does not hold whole numbers, and Table.Times says %s", t.Times)
		}
		from = n
	}
	switch from := from.(type) {
	case int64:
		switch {
		case !t.numeric():
			return nil, fmt.Errorf("the column holds a number, and Table.Times says %q", t.Times)
		case from == 0:
			return time.Time{}, nil
		case t.Times == UnixSeconds:
			return time.Unix(from, 0).UTC(), nil
		case t.Times == UnixMillis:
			return time.UnixMilli(from).UTC(), nil
		}
		return time.UnixMicro(from).UTC(), nil
	case string:
		if t.Times == "" && t.syntax == mysql {
			return readMySQLTime(c, from)
		}
		layout := string(t.Times)
		switch {
		case from == "":
			return time.Time{}, nil
		case c.date:
			layout = time.DateOnly
		case layout == "":
			layout = time.RFC3339Nano
		}
		v, err := time.Parse(layout, from)
		if err == nil && layout != time.RFC3339Nano && v.UTC().Format(layout) != from {
			err = fmt.Errorf("the column holds a time that is not written as Table.Times says, %q", layout)
		}
		return v.UTC(), err
	}
	return nil, fmt.Errorf("%T is not a time", from)
}
