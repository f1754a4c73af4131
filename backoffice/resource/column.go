package resource

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/desk"
)

// column is a field in the form that all kinds have in common: pages and
// implementations of Data need no other.
type column[T any] struct {
	spec
	// value returns the field's value as one of string, int64, bool and time.Time; of a
	// Custom, its text. assign is the reverse, and fails if the field's type cannot hold
	// the value; a Shown has none.
	value  func(*T) any
	assign func(*T, any) error
	// copy copies the field to another row.
	copy func(to, from *T)
	// valid is the host's Validate.
	valid func(any) error
	// scan and bind are what a Custom gives database/sql; parseCustom sets it from text.
	scan, bind  func(*T) any
	parseCustom func(*T, string) error
	// fresh sets the key of a new row; nil unless the host makes keys.
	fresh func(*T)
	// missing reports that there is no accessor, or that it returns nil.
	missing func() bool
}

// spec is what pages need to know of a field, besides its value.
type spec struct {
	name, label, hint, permission string
	kind                          kind
	// values is what the field's values are made of.
	values                     values
	in                         Place
	long, secret               bool
	optional, notNull          bool
	searched, sorted, filtered bool
	max                        int
	bounded                    bool
	low, high                  int64
	// least and most are what the type of the field can hold.
	least, most int64
	unit        string
	zone        *time.Location
	date, uuid  bool
	options     []Option
	to          Relation
	mistakes    []string
}

type kind string

const (
	keyKind     kind = "key"
	versionKind kind = "version"
	textKind    kind = "text"
	intKind     kind = "int"
	boolKind    kind = "bool"
	timeKind    kind = "time"
	choiceKind  kind = "choice"
	refKind     kind = "ref"
	shownKind   kind = "shown"
	customKind  kind = "custom"
)

type values int

const (
	texts values = iota
	numbers
	bools
	times
)

// stored reports whether there is anything to read and write.
func (s *spec) stored() bool { return s.kind != shownKind }

// listed reports whether lists read the field.
func (s *spec) listed() bool { return s.stored() && !s.long && !s.secret }

// private reports whether the audit log keeps no value of the field: not everyone who reads it
// may see the field.
func (s *spec) private() bool { return s.secret || s.permission != "" }

// null reports whether the value is stored as NULL.
func (s *spec) null(v any) bool { return s.optional && !s.notNull && zero(v) }

func (s *spec) mistake(format string, args ...any) {
	s.mistakes = append(s.mistakes, fmt.Sprintf(format, args...))
}

func zero(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case int64:
		return v == 0
	case bool:
		return !v
	case time.Time:
		return v.IsZero()
	}
	return v == nil
}

// same reports whether two values are equal.
func same(a, b any) bool {
	if t, ok := a.(time.Time); ok {
		u, ok := b.(time.Time)
		return ok && t.Equal(u)
	}
	return a == b
}

// compare orders values of one type; those of different types are never equal.
func compare(a, b any) int {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b)
		}
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case bool:
		if b, ok := b.(bool); ok {
			return cmp.Compare(number(a), number(b))
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	}
	return -1
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// plain is a value as text for machines: in cursors, in filters, in the audit log and in
// exports. Times are in UTC.
func (s *spec) plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		switch {
		case v.IsZero():
			return ""
		case s.date:
			return v.UTC().Format(time.DateOnly)
		}
		return v.UTC().Format(time.RFC3339Nano)
	}
	return ""
}

// read is the reverse of plain, and strict: one value has one text.
func (s *spec) read(text string) (v any, err error) {
	switch s.values {
	case texts:
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return nil, fmt.Errorf("%s: not a text", s.name)
		}
		v = text
	case numbers:
		v, err = strconv.ParseInt(text, 10, 64)
	case bools:
		v, err = text == "true", nil
	case times:
		switch {
		case text == "":
			v = time.Time{}
		case s.date:
			v, err = time.Parse(time.DateOnly, text)
		default:
			v, err = time.Parse(time.RFC3339Nano, text)
		}
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", s.name, err)
	case s.plain(v) != text:
		return nil, fmt.Errorf("%s: %q is not how a value is written", s.name, text)
	case s.uuid && text != "":
		u, err := parseUUID(text)
		if err == nil && (u == [16]byte{} || uuidText(u) != text) {
			err = fmt.Errorf("%q is not how a UUID is written", text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return v, nil
}

// record is the value as the audit log has it.
func (s *spec) record(v any) string {
	text := s.plain(v)
	switch {
	case s.private():
		return ""
	case s.long && text != "":
		sum := sha256.Sum256([]byte(text))
		return fmt.Sprintf("%d characters, SHA-256 %s", utf8.RuneCountInString(text), hex.EncodeToString(sum[:8]))
	case len(text) > desk.MaxActValue:
		text = text[:desk.MaxActValue-len("…")]
		for !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
		return text + "…"
	}
	return text
}

// text is the value as forms have it: times in their zone, to the minute if they have no
// seconds.
func (c *column[T]) text(row *T) string { return c.written(c.value(row)) }

func (s *spec) written(v any) string {
	t, ok := v.(time.Time)
	switch {
	case s.optional && zero(v):
		return ""
	case !ok || s.date || t.IsZero():
		return s.plain(v)
	}
	if t = t.In(s.zone); t.Second() == 0 {
		return t.Format(minuteLayout)
	}
	return t.Format(secondLayout)
}

// equal reports whether the field is the same in two rows.
func (c *column[T]) equal(a, b *T) bool { return same(c.value(a), c.value(b)) }
