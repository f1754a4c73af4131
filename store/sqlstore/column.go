package sqlstore

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postern-go/postern/store"
)

// bind converts arguments to the few types that all drivers treat alike.
func bind(args []any) []any {
	bound := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			bound[i] = text(v)
		case store.OperatorState:
			bound[i] = text(string(v))
		case store.MailState:
			bound[i] = text(string(v))
		case time.Time:
			bound[i] = micros(v)
		case store.Digest:
			bound[i] = v[:]
		case []byte:
			if v == nil {
				v = []byte{} // drivers bind nil as NULL
			}
			bound[i] = v
		case []string:
			bound[i] = listJSON(v)
		case map[string]string:
			bound[i] = toJSON(v)
		default:
			bound[i] = arg
		}
	}
	return bound
}

// text replaces invalid UTF-8 and NUL, which PostgreSQL refuses, by U+FFFD. User
// agents and the like come from strangers, who must not be able to prevent a
// sign-in, or its audit entry, from being stored.
func text(s string) string {
	if utf8.ValidString(s) && !strings.Contains(s, "\x00") {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// orNull binds an empty text as NULL.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// micros converts a time to how it is stored: microseconds since 1970, which
// compare and sort alike in every database, and 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return store.Time(t).UnixMicro()
}

// at scans a time.
func at(t *time.Time) sql.Scanner {
	return scanFunc(func(v any) error {
		n, ok := v.(int64)
		if !ok {
			return fmt.Errorf("scan a time from %T", v)
		}
		*t = timeOf(n)
		return nil
	})
}

// timeOf is the reverse of micros.
func timeOf(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// digest scans a digest.
func digest(d *store.Digest) sql.Scanner {
	return scanFunc(func(v any) error {
		b, ok := v.([]byte)
		if !ok || len(b) != len(d) {
			return fmt.Errorf("scan a digest from %T", v)
		}
		copy(d[:], b)
		return nil
	})
}

// orNoDigest binds a zero digest as NULL.
func orNoDigest(d store.Digest) any {
	if d.IsZero() {
		return nil
	}
	return d
}

// digestOrNone scans a digest that may be NULL.
func digestOrNone(d *store.Digest) sql.Scanner {
	return scanFunc(func(v any) error {
		if b, ok := v.([]byte); v == nil || ok && len(b) == 0 {
			*d = store.Digest{}
			return nil
		}
		return digest(d).Scan(v)
	})
}

// blob scans bytes; an empty value becomes nil.
func blob(into *[]byte) sql.Scanner {
	return scanFunc(func(v any) error {
		b, ok := v.([]byte)
		if !ok && v != nil {
			return fmt.Errorf("scan bytes from %T", v)
		}
		*into = nil
		if len(b) > 0 {
			*into = bytes.Clone(b) // the driver may reuse its memory
		}
		return nil
	})
}

// listJSON writes an empty list, nil or not, as "[]".
func listJSON(all []string) string {
	if len(all) == 0 {
		return "[]"
	}
	clean := make([]string, len(all))
	for i, s := range all {
		clean[i] = text(s)
	}
	return toJSON(clean)
}

// toJSON cannot fail: every list or map of strings has a JSON form.
func toJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// fromJSON scans a list or a map; an empty one, or NULL, becomes nil.
func fromJSON(into any) sql.Scanner {
	return scanFunc(func(v any) error {
		var b []byte
		switch v := v.(type) {
		case nil:
			return nil
		case string:
			b = []byte(v)
		case []byte:
			b = v
		default:
			return fmt.Errorf("scan JSON from %T", v)
		}
		if s := string(b); s == "[]" || s == "{}" {
			return nil
		}
		return json.Unmarshal(b, into)
	})
}

// keyInto scans a column of a key, to be an argument again: a number, text, or bytes.
// Some drivers return text as bytes.
func keyInto(column string, into *any) sql.Scanner {
	return scanFunc(func(v any) error {
		*into = v
		if b, ok := v.([]byte); ok && column == "digest" {
			*into = bytes.Clone(b)
		} else if ok {
			*into = string(b)
		}
		return nil
	})
}

// scanFunc is a function as a sql.Scanner.
type scanFunc func(v any) error

func (f scanFunc) Scan(v any) error { return f(v) }
