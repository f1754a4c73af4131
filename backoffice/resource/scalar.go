package resource

import (
	"encoding/hex"
	"fmt"
	"math"
	"reflect"
	"strings"
)

// Integer is every type of integers that fits into an int64, also types of yours.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32
}

// Scalar is every type that a key or a choice may have, also types of yours. Those of 16
// bytes, such as uuid.UUID, are UUIDs, and are stored and shown as their text.
type Scalar interface {
	Integer | ~string | ~[16]byte
}

// A field's value is handed round as one of string, int64, bool and time.Time, whatever
// type the host gave it. Reflection finds out no more than which.

// canonical returns the value in that form.
func canonical[V Scalar | ~bool](v V) any {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return r.String()
	case reflect.Bool:
		return r.Bool()
	case reflect.Array:
		if r.IsZero() {
			return ""
		}
		return uuidText(r.Convert(reflect.TypeFor[[16]byte]()).Interface().([16]byte))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(r.Uint()) //nolint:gosec // at most 32 bits
	default:
		return r.Int()
	}
}

// assign stores a value in that form.
func assign[V Scalar](to *V, v any) error {
	r := reflect.ValueOf(to).Elem()
	switch r.Kind() {
	case reflect.String:
		s, ok := v.(string)
		if !ok {
			return wrongType(v, "text")
		}
		r.SetString(s)
	case reflect.Array:
		s, ok := v.(string)
		if !ok {
			return wrongType(v, "a UUID")
		}
		u, err := parseUUID(s)
		if err != nil {
			return err
		}
		reflect.Copy(r, reflect.ValueOf(u[:]))
	default:
		n, ok := v.(int64)
		if !ok {
			return wrongType(v, "a number")
		}
		if low, high := limits[V](); n < low || n > high {
			return fmt.Errorf("%d does not fit into %T", n, *to)
		}
		if r.CanUint() {
			r.SetUint(uint64(n))
		} else {
			r.SetInt(n)
		}
	}
	return nil
}

func wrongType(v any, want string) error { return fmt.Errorf("%T is not %s", v, want) }

// isText reports whether values of the type are texts in the form that is handed round.
func isText[V Scalar]() bool {
	k := reflect.TypeFor[V]().Kind()
	return k == reflect.String || k == reflect.Array
}

func isUUID[V Scalar]() bool { return reflect.TypeFor[V]().Kind() == reflect.Array }

// limits are the smallest and the largest number of an integer type.
func limits[V Scalar]() (low, high int64) {
	switch t := reflect.TypeFor[V](); t.Kind() {
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return 0, 1<<t.Bits() - 1
	case reflect.String, reflect.Array:
		return 0, 0
	default:
		return math.MinInt64 >> (64 - t.Bits()), math.MaxInt64 >> (64 - t.Bits())
	}
}

func uuidText(u [16]byte) string {
	h := hex.EncodeToString(u[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// parseUUID reads the text of a UUID; nothing is that of the zero UUID.
func parseUUID(s string) (u [16]byte, err error) {
	if s == "" {
		return u, nil
	}
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != len(u) || uuidText([16]byte(b)) != strings.ToLower(s) {
		return u, fmt.Errorf("%q is not a UUID", s)
	}
	return [16]byte(b), nil
}
