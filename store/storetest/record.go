package storetest

import (
	"crypto/sha256"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// same requires two values to be equal, treating a nil slice or map like an empty
// one.
func same[T any](t *testing.T, want, got T) {
	t.Helper()
	require.Equal(t, tidy(want), tidy(got))
}

// tidy returns a deep copy in which every empty slice and map is nil.
func tidy[T any](v T) T {
	return canonical(reflect.ValueOf(&v).Elem()).Interface().(T)
}

// canonical returns a deep copy in which every empty slice and map is nil.
func canonical(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		out.Set(v)
	case v.Type() == reflect.TypeFor[[]byte]():
		out.SetBytes(append([]byte(nil), v.Bytes()...))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(canonical(v.Field(i)))
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			out = reflect.Append(out, canonical(v.Index(i)))
		}
	case v.Kind() == reflect.Map && v.Len() > 0:
		out.Set(reflect.MakeMap(v.Type()))
		for _, key := range v.MapKeys() {
			out.SetMapIndex(key, canonical(v.MapIndex(key)))
		}
	case v.Kind() == reflect.Map:
	default:
		out.Set(v)
	}
	return out
}

// filled returns a record whose every field holds a value specific to the field and
// the seed, and hard to keep: quotes, line ends, many scripts, every byte. Fields
// added to a record are covered automatically.
func filled[T any](t *testing.T, seed string) T {
	t.Helper()
	var record T
	fill(t, reflect.ValueOf(&record).Elem(), seed)
	return record
}

func fill(t *testing.T, v reflect.Value, seed string) {
	sum := sha256.Sum256([]byte(seed))
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(noon.Add(time.Duration(sum[0])*time.Hour + time.Duration(sum[1])*time.Microsecond)))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), seed+"."+v.Type().Field(i).Name)
		}
	case v.Kind() == reflect.String:
		v.SetString(seed + " 'x' \"y\" \\ % _ ; -- ? $1 <&> á 日本 🚪\t\r\n ")
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(1<<30 + int64(sum[0]))
	case v.Kind() == reflect.Array:
		reflect.Copy(v, reflect.ValueOf(sum))
	case v.Type() == reflect.TypeFor[[]byte]():
		v.SetBytes(append([]byte(seed), everyByte()...))
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range 3 {
			fill(t, v.Index(i), seed+string(rune('a'+i)))
		}
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, key := range hostile {
			v.SetMapIndex(reflect.ValueOf(key), reflect.ValueOf(seed+key))
		}
	default:
		require.Fail(t, "cannot fill a field", "%s is a %s", seed, v.Type())
	}
}

func everyByte() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}

// scribble overwrites what every slice and map of the record points to, to detect
// shared memory.
func scribble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		scribble(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			scribble(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			switch e := v.Index(i); e.Kind() {
			case reflect.String:
				e.SetString("scribbled")
			case reflect.Uint8:
				e.SetUint(^e.Uint() & 0xff)
			default:
				scribble(e)
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			v.SetMapIndex(key, reflect.ValueOf("scribbled"))
		}
	}
}

// keeps checks a record's round trip: every field is returned as it was given, and
// no memory is shared with the caller, on the way in or out. The functions write
// and read one record.
func keeps[T any](t *testing.T, given, want T, write func(T), read func() T) {
	t.Helper()
	mine := tidy(given)
	write(mine)
	scribble(reflect.ValueOf(&mine))
	got := read()
	same(t, want, got)
	scribble(reflect.ValueOf(&got))
	same(t, want, read())
}
