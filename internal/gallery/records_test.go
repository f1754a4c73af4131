package gallery_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/gallery"
)

// TestPagesHoldNoStoredRecords keeps what a page can show, also in a host's own
// template, to what the page chose: a stored operator carries a password hash.
func TestPagesHoldNoStoredRecords(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var look func(at string, typ reflect.Type)
	look = func(at string, typ reflect.Type) {
		if seen[typ] {
			return
		}
		seen[typ] = true
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			look(at, typ.Elem())
		case reflect.Struct:
			require.False(t, strings.HasSuffix(typ.PkgPath(), "postern/store"), "%s holds a %s", at, typ)
			for i := range typ.NumField() {
				look(at+"."+typ.Field(i).Name, typ.Field(i).Type)
			}
		}
	}
	for _, s := range gallery.All() {
		look(s.Name, reflect.TypeOf(s.Page))
	}
	require.Greater(t, len(seen), 50)
}
