package resource // what a resource says of itself has its pages outside

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestAResourceBringsItsPermissionsAndEntries(t *testing.T) {
	r := shelf(func(r *Resource[entry]) {
		r.Fields = append(r.Fields, Shown[entry]{Name: "price", Permission: "entries.anywhere", Text: func(*entry) string { return "" }})
		r.Group, r.Icon = "Library", "book"
		r.Acts = []Act[entry]{{Name: "hide", Label: "Hide", Says: "{actor} hid {target}", Set: func(e *entry, _ string) { e.title = "" }}}
		r.Roles = map[string][]string{"view": {backoffice.Moderator}}
		r.Permissions = []backoffice.Permission{{Key: "entries.anywhere", Label: "Anywhere"}}
	})
	require.NoError(t, r.Check())
	info := r.About()
	require.Equal(t, "/entries", info.Path)
	require.Equal(t, "entries.view", info.Permission)
	require.Equal(t, []string{"entries.anywhere"}, info.Needs)
	require.Equal(t, []backoffice.MenuItem{{Group: "Library", Label: "Entries", Icon: "book", Path: "/entries", Permission: "entries.view"}}, info.Menu)
	var permissions, events []string
	for _, p := range info.Permissions {
		permissions = append(permissions, p.Key)
		if p.Key == "entries.view" {
			require.Equal(t, []string{backoffice.Moderator}, p.Roles)
		}
	}
	for _, e := range info.Events {
		events = append(events, e.Code)
		require.Equal(t, []string{"secret", "price"}, e.Private, "price has a permission of its own")
	}
	require.Equal(t, []string{"entries.view", "entries.create", "entries.edit", "entries.delete", "entries.export", "entries.hide", "entries.anywhere"}, permissions)
	require.Equal(t, []string{"entries.create", "entries.edit", "entries.delete", "entries.export", "entries.hide"}, events)
}

func TestTheAuditLogHasNoValueThatTakesAPermission(t *testing.T) {
	r := entries()
	r.Fields[1] = Text[entry]{Name: "title", At: title, Permission: "entries.titles", In: Everywhere}
	r.Permissions = []backoffice.Permission{{Key: "entries.titles", Label: "See titles"}}
	_ = r.About()
	require.Contains(t, r.About().Events[0].Private, "title")
	before, after := r.model.record(&entry{title: "before"}, &entry{title: "after"})
	require.NotContains(t, before, "title")
	require.Equal(t, "changed", after["title"])
}

func TestAReadOnlyResourceHasTwoPermissions(t *testing.T) {
	r := entries()
	r.Fields[1] = Text[entry]{Name: "title", At: title}
	r.Data.Delete = nil
	require.NoError(t, r.Check())
	require.Equal(t, []string{"view", "export"}, r.acts())
	r.NoExport = true
	require.Equal(t, []string{"view"}, r.acts())
}

func TestAChangeThatACrashCutOffIsFoundOut(t *testing.T) {
	r := shelf(nil)
	require.NoError(t, r.Check())
	gone := errors.New("the database is down")
	for _, tt := range []struct {
		name          string
		act           string
		id            string
		before, after map[string]string
		want          backoffice.Found
	}{
		{"an edit that was saved", "edit", "1", map[string]string{"title": "Old"}, map[string]string{"title": "Title 0"}, backoffice.FoundAfter},
		{"one that was not", "edit", "1", map[string]string{"title": "Title 0"}, map[string]string{"title": "New"}, backoffice.FoundBefore},
		{"one overtaken by another", "edit", "1", map[string]string{"title": "Old"}, map[string]string{"title": "New"}, backoffice.FoundOther},
		{"one of what was empty", "edit", "1", nil, map[string]string{"title": "Title 0"}, backoffice.FoundAfter},
		{"of a long text", "edit", "1", map[string]string{"body": "other"}, map[string]string{"body": (&spec{long: true}).record("body")}, backoffice.FoundAfter},
		{"of a row that is gone", "edit", "99", nil, map[string]string{"title": "New"}, backoffice.FoundGone},
		{"of nothing but a secret", "edit", "1", nil, nil, backoffice.FoundUnknown},
		{"a deletion", "delete", "99", map[string]string{"title": "Old"}, nil, backoffice.FoundAfter},
		{"one that was not made", "delete", "1", map[string]string{"title": "Title 0"}, nil, backoffice.FoundBefore},
		{"a new row without a key", "create", "", nil, map[string]string{"title": "New"}, backoffice.FoundUnknown},
		{"a new row with one", "create", "1", nil, map[string]string{"title": "Title 0"}, backoffice.FoundAfter},
		{"one that is not there", "create", "99", nil, map[string]string{"title": "New"}, backoffice.FoundBefore},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, e := range r.About().Events {
				if e.Code == "entries."+tt.act {
					found, err := e.Settle(t.Context(), backoffice.Act{ID: tt.id, Before: tt.before, After: tt.after})
					require.NoError(t, err)
					require.Equal(t, tt.want, found)
					return
				}
			}
			t.Fatal("there is no such entry")
		})
	}
	r = shelf(func(r *Resource[entry]) {
		r.Data.Get = func(context.Context, string) (entry, error) { return entry{}, gone }
	})
	require.NoError(t, r.Check())
	_, err := r.About().Events[0].Settle(t.Context(), backoffice.Act{ID: "1"})
	require.ErrorIs(t, err, gone)
}

func TestAKeyThatItsEntryCutIsNotTakenForAnother(t *testing.T) {
	r := entries()
	r.Fields = []Field[entry]{Key[entry, string]{Name: "slug", At: title}}
	require.NoError(t, r.Check())
	for _, id := range []string{"long…0123456789ab", "a\uFFFDb"} {
		found, err := r.settle("delete")(t.Context(), backoffice.Act{ID: id, Before: map[string]string{"slug": "long"}})
		require.NoError(t, err)
		require.Equal(t, backoffice.FoundUnknown, found, "and not that it was deleted")
	}
}
