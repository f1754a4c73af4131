package testoffice

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/postern-go/postern/store/memstore"
)

// Dump writes down everything that a store holds, strings and bytes as they are,
// but for the named parts, e.g. "counters", for tests that look for what must not
// be there, or must not have changed. Nothing may use the store at the same time.
func Dump(mem *memstore.Store, but ...string) string {
	var b strings.Builder
	v := reflect.ValueOf(mem).Elem()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "mu" && name != "views" && !slices.Contains(but, name) {
			b.WriteString("\n== " + name + " ==\n")
			write(&b, v.Field(i))
		}
	}
	return b.String()
}

func write(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		b.WriteString(v.String() + "\n")
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			for i := range v.Len() {
				b.WriteByte(byte(v.Index(i).Uint()))
			}
			b.WriteByte('\n')
			return
		}
		for i := range v.Len() {
			write(b, v.Index(i))
		}
	case reflect.Map:
		var rows []string
		for _, k := range v.MapKeys() {
			var row strings.Builder
			write(&row, k)
			write(&row, v.MapIndex(k))
			rows = append(rows, row.String())
		}
		sort.Strings(rows)
		b.WriteString(strings.Join(rows, "--\n"))
	case reflect.Struct:
		for i := range v.NumField() {
			write(b, v.Field(i))
		}
	case reflect.Int, reflect.Int64:
		// Not in decimals, so that none looks like a code.
		fmt.Fprintf(b, "x%x\n", v.Int())
	case reflect.Uint64:
		fmt.Fprintf(b, "x%x\n", v.Uint())
	case reflect.Bool:
		fmt.Fprintln(b, v.Bool())
	}
}
