package resource // the mistakes of fields have no outside

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store/sqlstore"
)

type state string

type entry struct {
	id, version, author int64
	title, body, secret string
	status              state
	level               int8
	pinned              bool
	at, day             time.Time
	price               *string
	inner               *struct{ text string }
}

func title(e *entry) *string { return &e.title }
func body(e *entry) *string  { return &e.body }

var entryKey = Key[entry, int64]{Name: "id", At: func(e *entry) *int64 { return &e.id }}

// entries is a resource without mistakes.
func entries(fields ...Field[entry]) *Resource[entry] {
	return &Resource[entry]{
		Path: "entries", One: "Entry", Many: "Entries", Data: Slice[entry](),
		Fields: append([]Field[entry]{entryKey, Text[entry]{Name: "title", At: title, In: Everywhere, Sorted: true, Searched: true}}, fields...),
	}
}

func TestMistakesAreNamedWithTheirCure(t *testing.T) {
	field := func(f Field[entry]) func(*Resource[entry]) {
		return func(r *Resource[entry]) { r.Fields = append(r.Fields, f) }
	}
	set := func(_ *entry, _ string) {}
	for _, tt := range []struct {
		name string
		make func(*Resource[entry])
		want string
	}{
		{"none", func(*Resource[entry]) {}, ""},
		{"no key", func(r *Resource[entry]) { r.Fields = r.Fields[1:] }, "Fields has no Key"},
		{"two keys", field(Key[entry, string]{Name: "slug", At: title}), `Fields[2], key "slug": "id" is a Key already`},
		{"two versions", func(r *Resource[entry]) {
			v := Version[entry]{Name: "a", At: func(e *entry) *int64 { return &e.version }}
			w := v
			w.Name = "b"
			r.Fields = append(r.Fields, v, w)
		}, `version "b": "a" is a Version already`},
		{"a name twice", field(Text[entry]{Name: "title", At: body}), "another field has the same Name"},
		{"no field", field(nil), "Fields[2] is nil"},
		{"no name", field(Text[entry]{At: body}), "its Name must consist of"},
		{"a name of SQL", field(Text[entry]{Name: `a"; --`, At: body}), "its Name must consist of"},
		{"an upper-case name", field(Text[entry]{Name: "createdAt", At: body}), "its Name must consist of"},
		{"no accessor", field(Text[entry]{Name: "body"}), "At is nil or returns nil"},
		{"an accessor that returns nil", field(Text[entry]{Name: "body", At: func(*entry) *string { return nil }}), "At is nil or returns nil"},
		{"an accessor that panics", field(Text[entry]{Name: "body", At: func(e *entry) *string { return &e.inner.text }}), "At panics with the zero row"},
		{"a long text in the list", field(Text[entry]{Name: "body", At: body, Long: true, In: Everywhere}), "take it out of List"},
		{"a long text that is searched", field(Text[entry]{Name: "body", At: body, Long: true, Searched: true}), "cannot be Searched"},
		{"a secret in the list", field(Text[entry]{Name: "body", At: body, Secret: true, In: Everywhere}), "is Secret, so it cannot be in List"},
		{"a secret that is filtered", field(Text[entry]{Name: "body", At: body, Secret: true, Filtered: true}), "is Secret"},
		{"sorted and NULL", field(Text[entry]{Name: "body", At: body, Optional: true, Sorted: true}), "is Sorted and can be NULL"},
		{"NotNull alone", field(Text[entry]{Name: "body", At: body, NotNull: true}), "NotNull without Optional"},
		{"nowhere and sorted", field(Text[entry]{Name: "body", At: body, In: Nowhere, Sorted: true}), "is neither in List nor in Detail"},
		{"in a form alone and sorted", field(Text[entry]{Name: "body", At: body, In: Write, Sorted: true}), "is neither in List nor in Detail"},
		{"in a form, with the name of its token", field(Text[entry]{Name: "csrf", At: body, In: Write}), "is one that forms and addresses of the office use"},
		{"filtered, with the name of a notice", field(Text[entry]{Name: "done", At: body, Filtered: true}), "is one that forms and addresses of the office use"},
		{"nowhere and somewhere", field(Text[entry]{Name: "body", At: body, In: Nowhere | List}), "choose one"},
		{"a permission that is none", field(Text[entry]{Name: "body", At: body, Permission: "secret"}), "must look like area.verb"},
		{"a negative maximum", field(Text[entry]{Name: "body", At: body, Max: -1}), "negative Max"},
		{"bounds the wrong way", field(Int[entry, int8]{Name: "level", At: func(e *entry) *int8 { return &e.level }, Min: 5, Max: 1}), "Min of 5 above its Max of 1"},
		{"nothing to choose", field(Choice[entry, state]{Name: "status", At: func(e *entry) *state { return &e.status }}), "offers nothing"},
		{"a choice twice", field(Choice[entry, state]{Name: "status", At: func(e *entry) *state { return &e.status }, Of: []Option{{Value: "a"}, {Value: "a"}}}), `offers "a" twice`},
		{"a colour that there is not", field(Choice[entry, state]{Name: "status", At: func(e *entry) *state { return &e.status }, Of: []Option{{Value: "a", Level: "red"}}}), `offers "a" with the Level "red"`},
		{"an empty choice", field(Choice[entry, state]{Name: "status", At: func(e *entry) *state { return &e.status }, Of: []Option{{Label: "None"}}}), `offers ""`},
		{"a choice that does not fit", field(Choice[entry, int8]{Name: "level", At: func(e *entry) *int8 { return &e.level }, Of: []Option{{Value: "300"}}}), `offers "300", which is not a value of its type`},
		{"a relation without labels", field(Ref[entry, int64]{Name: "author", At: func(e *entry) *int64 { return &e.author },
			To: Relation{Find: func(context.Context, string, int) ([]Option, error) { return nil, nil }}}), "Find and without Labels"},
		{"a lookup without a database", field(Ref[entry, int64]{Name: "author", At: func(e *entry) *int64 { return &e.author },
			To: Lookup(nil, sqlstore.SQLite(), "members", "id", "name")}), "its Lookup: db is nil"},
		{"nothing shown", field(Shown[entry]{Name: "shown"}), "has no Text"},
		{"shown in a form", field(Shown[entry]{Name: "shown", Text: func(*entry) string { return "" }, In: Everywhere}), "cannot be in a form"},
		{"no format", field(Custom[entry, *string]{Name: "price", At: func(e *entry) **string { return &e.price }}), "has no Format"},
		{"no parser", field(Custom[entry, *string]{Name: "price", At: func(e *entry) **string { return &e.price }, Format: func(*string) string { return "" }, In: Write}), "has no Parse"},
		{"a key in Edit", func(r *Resource[entry]) { k := entryKey; k.In = Edit; r.Fields[0] = k }, "keys never change"},
		{"a key that is made and typed", func(r *Resource[entry]) {
			k := entryKey
			k.In, k.Make = New, func() int64 { return 1 }
			r.Fields[0] = k
		}, "has Make, so it cannot be in New"},
		{"four searched", func(r *Resource[entry]) {
			for _, name := range []string{"a", "b", "c"} {
				r.Fields = append(r.Fields, Text[entry]{Name: name, At: body, Searched: true})
			}
		}, "4 fields are Searched"},
		{"sorted by nothing", func(r *Resource[entry]) { r.Sort = "-publised" }, `Sort: there is no field "publised"; the fields are id, title`},
		{"sorted by what is not", func(r *Resource[entry]) {
			r.Sort = "body"
			r.Fields = append(r.Fields, Text[entry]{Name: "body", At: body})
		}, `the field "body" is not Sorted`},
		{"called by nothing", func(r *Resource[entry]) { r.Title = "name" }, `Title: there is no field "name"`},
		{"called by a secret", func(r *Resource[entry]) {
			r.Title = "body"
			r.Fields = append(r.Fields, Text[entry]{Name: "body", At: body, Secret: true})
		}, "neither Long nor Secret"},
		{"a path with a slash", func(r *Resource[entry]) { r.Path = "/entries" }, `Path "/entries" must consist of`},
		{"no path", func(r *Resource[entry]) { r.Path = "" }, `Path "" must`},
		{"no words", func(r *Resource[entry]) { r.Many = " " }, "One and Many are required"},
		{"no list", func(r *Resource[entry]) { r.Data.List = nil }, "List and Get are required"},
		{"no update", func(r *Resource[entry]) { r.Data.Update = nil }, "Data has no Update, and fields are in Edit"},
		{"no create", func(r *Resource[entry]) { r.Data.Create = nil }, "Data has no Create, and fields are in New"},
		{"an empty list", func(r *Resource[entry]) {
			k := entryKey
			k.In = Detail
			r.Fields = []Field[entry]{k, Text[entry]{Name: "title", At: title, In: Detail}}
		}, "no field is in List"},
		{"deletes many of none", func(r *Resource[entry]) { r.BulkDelete, r.Data.Delete = true, nil }, "BulkDelete needs Data.Delete"},
		{"roles for nothing", func(r *Resource[entry]) { r.Roles = map[string][]string{"hide": {"moderator"}} }, `nothing called "hide" to do`},
		{"step-up for an act", func(r *Resource[entry]) { r.StepUp = []string{"view"} }, `StepUp: "view"`},
		{"a permission twice", func(r *Resource[entry]) {
			r.Permissions = []backoffice.Permission{{Key: "entries.edit", Label: "Edit"}}
		}, `"entries.edit" is declared twice`},
		{"an act of every resource", func(r *Resource[entry]) { r.Acts = []Act[entry]{{Name: "delete", Label: "Delete", Set: set}} }, "use another one"},
		{"an act twice", func(r *Resource[entry]) {
			r.Acts = []Act[entry]{{Name: "hide", Label: "Hide", Set: set}, {Name: "hide", Label: "Hide", Set: set}}
		}, "another act has the same Name"},
		{"an act that does nothing", func(r *Resource[entry]) { r.Acts = []Act[entry]{{Name: "hide", Label: "Hide"}} }, "set either Set"},
		{"an act without a button", func(r *Resource[entry]) { r.Acts = []Act[entry]{{Name: "hide", Set: set}} }, "no Label"},
		{"an act with a bad name", func(r *Resource[entry]) { r.Acts = []Act[entry]{{Name: "Hide it", Label: "Hide", Set: set}} }, "its Name must consist of"},
		{"a table without a name", func(r *Resource[entry]) { r.Data = SQL[entry](nil, Table{}) }, `Table.Name "" is not the name of a table`},
		{"a table of SQL", func(r *Resource[entry]) { r.Data = SQL[entry](nil, Table{Name: `a; DROP TABLE b`}) }, "is not the name of a table"},
		{"no dialect", func(r *Resource[entry]) { r.Data = SQL[entry](nil, Table{Name: "a"}) }, "Table.Dialect: the dialect is missing"},
		{"a column of no field", func(r *Resource[entry]) {
			r.Data = SQL[entry](nil, Table{Name: "a", Columns: map[string]string{"x": "y"}})
		}, `there is no field "x"`},
		{"times in SQLite", func(r *Resource[entry]) {
			r.Data = SQL[entry](nil, Table{Name: "a", Dialect: sqlstore.SQLite()})
			r.Fields = append(r.Fields, Time[entry]{Name: "at", At: func(e *entry) *time.Time { return &e.at }})
		}, "Table.Times is required"},
		{"the Data of another", func(r *Resource[entry]) {
			_ = entriesOver(r.Data).Check()
			r.Fields = r.Fields[:1]
		}, "another resource with other Fields has the same one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := entries()
			tt.make(r)
			err := r.Check()
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
			require.ErrorContains(t, err, `resource "`+r.Path+`"`)
		})
	}
}

func entriesOver(data Data[entry]) *Resource[entry] {
	r := entries()
	r.Data = data
	return r
}

func TestAllMistakesAreReportedAtOnce(t *testing.T) {
	r := &Resource[entry]{Fields: []Field[entry]{Text[entry]{Name: "X"}}}
	err := r.Check()
	for _, want := range []string{"Path", "One and Many", "Data: List and Get", "its Name", "At is nil", "has no Key"} {
		require.ErrorContains(t, err, want)
	}
}

func TestDataThatBelongsToNoResourceSaysSo(t *testing.T) {
	_, err := Slice(entry{id: 1}).Get(t.Context(), "1")
	require.ErrorContains(t, err, "put it into a resource.Resource")
}
