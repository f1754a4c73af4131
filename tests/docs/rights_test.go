package docs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
)

// opened lists, for each permission, what it opens and who has it.
func opened(t *testing.T) string {
	t.Helper()
	d := bare(t)
	var rows [][]string
	for _, p := range d.Permissions() {
		var pages []string
		for path, methods := range byPath() {
			var verbs []string
			for _, r := range methods {
				if r.Permission == p.Key {
					verbs = append(verbs, r.Method)
				}
			}
			if len(verbs) > 0 {
				pages = append(pages, code(path)+" ("+strings.Join(verbs, ", ")+")")
			}
		}
		require.NotEmpty(t, pages, "%s opens nothing", p.Key)
		allows := p.Description
		if more := p.Includes; len(more) > 0 {
			allows += " Includes " + codes(more) + "."
		}
		rows = append(rows, []string{code(p.Key), p.Label, p.Group, allows, strings.Join(pages, ", "), codes(holders(d, p.Key))})
	}
	return table([]string{"permission", "label", "group", "allows", "opens", "built-in roles that have it"}, rows)
}

// holders are the built-in roles that reach a permission; all of them, where
// none is asked for.
func holders(d *desk.Desk, permission string) []string {
	var ids []string
	for _, r := range d.BuiltInRoles() {
		if permission == "" || d.Allowed([]desk.Role{r}, permission) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// matrix is every method of every page: what it takes, and which built-in roles
// it lets in.
func matrix(t *testing.T) string {
	t.Helper()
	d := bare(t)
	var rows [][]string
	head := []string{"path under the alias", "method", "signed in", "step-up", "permission"}
	for _, r := range d.BuiltInRoles() {
		head = append(head, r.Name)
	}
	mark := func(is bool) string {
		if is {
			return "yes"
		}
		return ""
	}
	for _, r := range pages.Routes() {
		in := mark(r.SignedIn)
		switch {
		case r.SignedOut:
			in = "must not be"
		case !r.SignedIn:
			in = "either way"
		}
		row := []string{code(strings.TrimSuffix(r.Path, "{$}")), r.Method, in, mark(r.Proved), code(r.Permission)}
		may := holders(d, r.Permission)
		for _, role := range d.BuiltInRoles() {
			row = append(row, mark(r.SignedIn && slices.Contains(may, role.ID)))
		}
		rows = append(rows, row)
	}
	require.NotEmpty(t, rows)
	return table(head, rows)
}

// TestEveryRouteAsksForADeclaredPermission finds a slip of the pen in the table
// of routes, which would keep everybody out.
func TestEveryRouteAsksForADeclaredPermission(t *testing.T) {
	for _, r := range pages.Routes() {
		require.True(t, r.Permission == "" || desk.Declared(nil, r.Permission), "%s %s", r.Method, r.Path)
		require.False(t, r.Permission != "" && !r.SignedIn, "%s %s asks nobody for a permission", r.Method, r.Path)
		require.True(t, r.Method == "GET" || r.Method == "POST", r.Method)
	}
}

// TestTheCommentOnPermissionKeysNamesTheAreasOfTheLibrary would fail if a new
// permission of ours took an area that hosts think is free.
func TestTheCommentOnPermissionKeysNamesTheAreasOfTheLibrary(t *testing.T) {
	var areas []string
	for _, p := range bare(t).Permissions() {
		if area, _, _ := strings.Cut(p.Key, "."); !slices.Contains(areas, area) {
			areas = append(areas, area)
		}
	}
	last := len(areas) - 1
	list := strings.Join(areas[:last], ", ") + " and " + areas[last]
	for _, f := range structs["permission"].fields(t) {
		if f.Names[0].Name == "Key" {
			require.Contains(t, sentence(f), "The areas "+list+" are the library's.")
			return
		}
	}
	t.Fatal("no field Key")
}

// changes lists, for each permission, the fields that its forms post.
func changes(t *testing.T) string {
	t.Helper()
	var rows [][]string
	for _, p := range bare(t).Permissions() {
		for _, r := range pages.Routes() {
			if r.Permission != p.Key || r.Method != "POST" {
				continue
			}
			fields := codes(ownFields(r))
			switch {
			case r.Path == "/parameters/{section}":
				fields += ", one per [parameter](configuration.md#parameters)"
			case fields == "":
				fields = "none: the path says it all"
			}
			rows = append(rows, []string{code(p.Key), code(r.Path), fields})
		}
	}
	require.NotEmpty(t, rows)
	return table([]string{"permission", "form", "fields that it may change"}, rows)
}

// reads lists what pages show of the records of others, and with which permission;
// backoffice.TestPagesShowOnlyWhatTheirReaderMayRead compares every page with it.
func reads(*testing.T) string {
	var rows [][]string
	for _, r := range testoffice.Reads {
		with := codes(r.With)
		if with == "" {
			with = "never"
		}
		if n := len(rows) - 1; n >= 0 && rows[n][0] == r.Record && rows[n][2] == with {
			rows[n][1] += ", " + r.Field
			continue
		}
		rows = append(rows, []string{r.Record, r.Field, with})
	}
	return table([]string{"record", "fields", "shown with"}, rows)
}
