package resource_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// post is a row.
type post struct {
	ID, Edited, Score            int64
	Title, Section, Hidden, Note string
	Author                       string
	Pinned                       bool
	Published                    time.Time
}

// names are those of authors whom one may choose.
var names = map[string]string{"a1": "Ada", "b2": "Ben"}

// posts describes them. Moderators keep the section "roses", and see all.
func posts(data resource.Data[post], change ...func(*resource.Resource[post])) *resource.Resource[post] {
	r := &resource.Resource[post]{
		Path: "articles", One: "Article", Many: "Articles", Data: data, Sort: "-score", BulkDelete: true, StepUp: []string{"delete"},
		Fields: []resource.Field[post]{
			resource.Key[post, int64]{Name: "id", At: func(p *post) *int64 { return &p.ID }, In: resource.Detail},
			resource.Text[post]{Name: "title", Max: 40, Searched: true, At: func(p *post) *string { return &p.Title }, In: resource.Everywhere},
			resource.Text[post]{Name: "section", Filtered: true, At: func(p *post) *string { return &p.Section }, In: resource.Read | resource.New},
			resource.Int[post, int64]{Name: "score", Sorted: true, Filtered: true, Permission: "articles.scores", Optional: true, NotNull: true, At: func(p *post) *int64 { return &p.Score }, In: resource.Everywhere},
			resource.Ref[post, string]{Name: "author", Filtered: true, Optional: true, To: authors, At: func(p *post) *string { return &p.Author }, In: resource.Everywhere},
			resource.Bool[post]{Name: "pinned", Filtered: true, At: func(p *post) *bool { return &p.Pinned }, In: resource.Everywhere},
			resource.Text[post]{Name: "hidden", Optional: true, At: func(p *post) *string { return &p.Hidden }, In: resource.Detail},
			resource.Text[post]{Name: "note", Optional: true, Secret: true, At: func(p *post) *string { return &p.Note }, In: resource.Edit},
			resource.Version[post]{Name: "edited", At: func(p *post) *int64 { return &p.Edited }},
		},
		Acts: []resource.Act[post]{{
			Name: "hide", Label: "Hide", Reason: resource.MustReason, Bulk: true,
			When: func(p *post) bool { return p.Hidden == "" },
			Set:  func(p *post, reason string) { p.Hidden = reason },
		}},
		Rows: func(_ context.Context, o backoffice.Operator, act string) (resource.Rows, error) {
			switch {
			case o.HasRole(backoffice.Administrator):
				return resource.All(), nil
			case act == "view":
				return resource.Only("section", "roses", "bees"), nil
			}
			return resource.Only("section", "roses"), nil
		},
		Validate: func(_ context.Context, _, now *post) error {
			if now.Title == "forbidden" {
				return &backoffice.InvalidError{Problems: []backoffice.Problem{{Field: "title", Text: "is a word that nobody may use"}}}
			}
			return nil
		},
		Roles: map[string][]string{
			"view": {backoffice.Moderator, backoffice.CommunityManager}, "hide": {backoffice.Moderator}, "edit": {backoffice.Moderator},
			"create": {backoffice.Moderator}, "delete": {backoffice.Moderator}, "export": {backoffice.Moderator},
		},
		Permissions: []backoffice.Permission{{Key: "articles.scores", Label: "See scores"}},
	}
	for _, c := range change {
		c(r)
	}
	return r
}

var authors = resource.Relation{
	Labels: func(context.Context, []string) (map[string]string, error) { return names, nil },
	Find: func(_ context.Context, search string, _ int) (found []resource.Option, _ error) {
		for _, id := range []string{"a1", "b2"} {
			if strings.HasPrefix(strings.ToLower(names[id]), strings.ToLower(search)) {
				found = append(found, resource.Option{Value: id, Label: names[id]})
			}
		}
		return found, nil
	},
}

// few are rows in three sections; that of wasps is nobody's.
func few() resource.Data[post] {
	return resource.Slice(
		post{ID: 1, Edited: 1, Title: "Roses are red", Section: "roses", Score: 5, Author: "a1"},
		post{ID: 2, Edited: 1, Title: "Bees are busy", Section: "bees", Score: 7},
		post{ID: 3, Edited: 1, Title: "Wasps are wild", Section: "wasps", Score: 9},
		post{ID: 4, Edited: 1, Title: "=1+1", Section: "roses", Score: 1, Pinned: true},
	)
}

func open(t *testing.T, data resource.Data[post], change ...func(*resource.Resource[post])) *browse.Site {
	t.Helper()
	s := browse.New(t, func(c *backoffice.Config) { c.Parts = []backoffice.Part{posts(data, change...)} })
	s.Set(map[string]string{"two_factor.who": "recommended"})
	return s
}

func row(t *testing.T, data resource.Data[post], id string) post {
	t.Helper()
	p, err := data.Get(context.Background(), id)
	require.NoError(t, err)
	return p
}

// outcomes are those of an event, oldest first.
func outcomes(s *browse.Site, code string) (all []string) {
	for _, e := range s.Events() {
		if e.Code == code {
			all = append(all, e.Outcome+" "+e.TargetID)
		}
	}
	return all
}

func TestWhoMayWhat(t *testing.T) {
	s := open(t, few())
	who := map[string]*browse.Person{
		"administrator": s.Entered("Ada", backoffice.Administrator), "moderator": s.Entered("Mo", backoffice.Moderator),
		"reader": s.Entered("Rea", backoffice.CommunityManager),
	}
	for path, want := range map[string][3]int{ // administrator, moderator, reader
		"/articles":                       {200, 200, 200},
		"/articles/1":                     {200, 200, 200},
		"/articles/3":                     {200, 404, 404}, // may not be viewed, so it does not exist
		"/articles/99":                    {404, 404, 404},
		"/articles/01":                    {404, 404, 404}, // one row has one address
		"/articles/one":                   {404, 404, 404},
		"/articles/-":                     {404, 404, 404},
		"/articles/1/edit":                {200, 200, 403},
		"/articles/2/edit":                {200, 403, 403},
		"/articles/3/edit":                {200, 404, 403},
		"/articles/1/hide":                {200, 200, 403},
		"/articles/2/hide":                {200, 403, 403},
		"/articles/1/delete":              {200, 200, 403},
		"/articles/2/delete":              {200, 403, 403},
		"/articles/1/view":                {404, 404, 404},
		"/articles/1/edit/more":           {404, 404, 404},
		"/articles/-/new":                 {200, 200, 403},
		"/articles/-/bulk?row=1":          {422, 422, 422},
		"/articles/-/export":              {404, 404, 404},
		"/articles/-/bulk?act=hide&row=1": {200, 200, 403},
	} {
		for i, name := range []string{"administrator", "moderator", "reader"} {
			require.Equal(t, want[i], who[name].Get(path).Status, "%s by the %s", path, name)
		}
	}
	require.Equal(t, []string{"refused 2"}, outcomes(s, "articles.hide"), "a row that may be viewed and not changed: audited")
	for name, says := range map[string][]string{
		"administrator": {"Wasps are wild", "Score", "Create article", "CSV"}, "moderator": {"Bees are busy", "Create article"}, "reader": {"Roses are red"},
	} {
		list := who[name].Get("/articles").Text()
		for _, text := range says {
			require.Contains(t, list, text, name)
		}
	}
	mo, rea := who["moderator"].Get("/articles").Body, who["reader"].Get("/articles").Text()
	require.NotContains(t, mo, "Wasps")
	require.NotContains(t, mo, "Score")
	require.NotContains(t, rea, "Create article")
	require.NotContains(t, rea, "CSV")
}

func TestOnlyFieldsOfTheFormAreRead(t *testing.T) {
	data := few()
	s := open(t, data)
	mo := s.Entered("Mo", backoffice.Moderator)
	edit := mo.Get("/articles/1/edit")
	require.NotContains(t, edit.Body, `name="score"`)
	form := edit.Filled("/articles/1/edit", "")
	for name, value := range map[string]string{
		"title": "Mine", "id": "2", "section": "bees", "score": "1000", "hidden": "yes", "edited": "77", "published": "x", "note": "kept secret", "pinned": "on",
	} {
		form.Set(name, value)
	}
	require.Equal(t, http.StatusSeeOther, mo.Post("/articles/1/edit", form).Status)
	want := post{ID: 1, Edited: 2, Title: "Mine", Section: "roses", Score: 5, Author: "a1", Note: "kept secret", Pinned: true}
	require.Equal(t, want, row(t, data, "1"))
	require.Equal(t, "Bees are busy", row(t, data, "2").Title)
	var last store.Event
	for _, e := range s.Events() {
		if e.Code == "articles.edit" && e.Outcome == "success" {
			last = e
		}
	}
	require.Equal(t, "request.malformed", s.Last().Code, "someone sent what the form does not have")
	require.Equal(t, "1", last.TargetID)
	require.Equal(t, "Roses are red", last.TargetName)
	require.Equal(t, "Mine", last.Detail["after.title"])
	require.NotContains(t, fmt.Sprint(s.Events()), "kept secret")

	add := mo.Get("/articles/-/new").Filled("/articles/-/new", "")
	for name, value := range map[string]string{"title": "New", "section": "roses", "score": "9", "id": "50", "note": "x", "author": "b2"} {
		add.Set(name, value)
	}
	require.Equal(t, "/articles/5?done=resource-created", mo.Post("/articles/-/new", add).Location)
	require.Equal(t, post{ID: 5, Title: "New", Section: "roses", Author: "b2"}, row(t, data, "5"))
}

func TestWhatIsWrongIsBesideItsField(t *testing.T) {
	data := few()
	s := open(t, data)
	ada := s.Entered("Ada", backoffice.Administrator)
	for name, c := range map[string]struct {
		fields []string
		wrong  map[string]string
	}{
		"nothing":   {nil, map[string]string{"title": "Fill this in.", "section": "Fill this in."}},
		"long":      {[]string{"title", strings.Repeat("x", 41), "section", "roses"}, map[string]string{"title": "Use at most 40 characters."}},
		"number":    {[]string{"title", "a", "section", "roses", "score", "1e3"}, map[string]string{"score": "Enter a whole number, in digits."}},
		"huge":      {[]string{"title", "a", "section", "roses", "score", "9223372036854775808"}, map[string]string{"score": "Enter 9,223,372,036,854,775,807 or less."}},
		"reference": {[]string{"title", "a", "section", "roses", "author", "zz"}, map[string]string{"author": "This one does not exist, or you may not choose it. Choose one from the list."}},
		"host":      {[]string{"title", "forbidden", "section", "roses"}, map[string]string{"title": "is a word that nobody may use"}},
		"control":   {[]string{"title", "a\x07b", "section", "roses"}, map[string]string{"title": "Remove characters that cannot be displayed or stored."}},
	} {
		p := ada.Submit(ada.Get("/articles/-/new"), "/articles/-/new", c.fields...)
		require.Equal(t, http.StatusUnprocessableEntity, p.Status, name)
		for field, text := range c.wrong {
			require.Contains(t, p.Problems()["field-"+field]+p.Problems()[field], text, name)
		}
		for i := 1; i < len(c.fields) && name != "control"; i += 2 {
			require.Contains(t, p.Body, `value="`+c.fields[i]+`"`, name) // is kept
		}
	}
	_, err := data.Get(context.Background(), "5")
	require.ErrorIs(t, err, backoffice.ErrNotFound)
	// A row that would not be one's own.
	mo := s.Entered("Mo", backoffice.Moderator)
	p := mo.Submit(mo.Get("/articles/-/new"), "/articles/-/new", "title", "a", "section", "bees")
	require.Equal(t, http.StatusUnprocessableEntity, p.Status)
	require.Contains(t, p.Text(), "You do not have permission for this row.")
}

func TestAReferenceIsSearchedForWithoutScript(t *testing.T) {
	data := few()
	s := open(t, data, func(r *resource.Resource[post]) {
		for i, f := range r.Fields {
			if ref, ok := f.(resource.Ref[post, string]); ok {
				ref.To.Find = func(ctx context.Context, search string, limit int) ([]resource.Option, error) {
					if search == "" {
						return slices.Repeat([]resource.Option{{Value: "a1", Label: "Ada"}}, limit), nil
					}
					return authors.Find(ctx, search, limit)
				}
				r.Fields[i] = ref
			}
		}
	})
	ada := s.Entered("Ada", backoffice.Administrator)
	add := ada.Get("/articles/-/new")
	found := ada.Press(add, "/articles/-/new", "Search", "title=Kept", "section=roses", "author.q=be")
	require.Equal(t, http.StatusOK, found.Status)
	require.Contains(t, found.Body, `value="Kept"`)
	require.Contains(t, found.Body, `<option value="b2" selected>Ben</option>`)
	require.Equal(t, http.StatusSeeOther, ada.Press(found, "/articles/-/new", "Create article").Status)
	require.Equal(t, "b2", row(t, data, "5").Author)
	require.NotContains(t, ada.Get("/articles?author.q=be").Body, `value="a1"`)
}

func TestAFormSentTwiceCreatesOneRow(t *testing.T) {
	data := few()
	s := open(t, data)
	ada := s.Entered("Ada", backoffice.Administrator)
	form := ada.Get("/articles/-/new").Filled("/articles/-/new", "")
	form.Set("title", "Once")
	form.Set("section", "roses")
	first, second := ada.Post("/articles/-/new", form), ada.Post("/articles/-/new", form)
	require.Equal(t, "/articles/5?done=resource-created", first.Location)
	require.Equal(t, first.Location, second.Location)
	_, err := data.Get(context.Background(), "6")
	require.ErrorIs(t, err, backoffice.ErrNotFound)
	require.Contains(t, ada.Get(first.Location).Text(), "Created.")
	require.Equal(t, []string{"begun ", "success 5"}, outcomes(s, "articles.create"))
	history := ada.Get(ada.Get("/articles/5").Link("History"))
	require.Contains(t, history.Text(), "Once")
}

func TestWhatSomeoneElseSavedIsShownFirst(t *testing.T) {
	data := few()
	s := open(t, data)
	ada, mo := s.Entered("Ada", backoffice.Administrator), s.Entered("Mo", backoffice.Moderator)
	edit := ada.Get("/articles/1/edit")
	require.Equal(t, http.StatusSeeOther, mo.Press(mo.Get("/articles/1/edit"), "/articles/1/edit", "", "title=Theirs").Status)
	stale := ada.Press(edit, "/articles/1/edit", "", "title=Mine", "score=6")
	require.Equal(t, http.StatusConflict, stale.Status)
	require.Contains(t, stale.Text(), "You both changed it")
	for _, text := range []string{"Roses are red", "Theirs", "Mine"} {
		require.Contains(t, stale.Text(), text)
	}
	require.Equal(t, "Theirs", row(t, data, "1").Title)
	again := ada.Press(stale, "/articles/1/edit", "Edit again")
	require.Equal(t, http.StatusOK, again.Status)
	require.Contains(t, again.Body, `value="Mine"`)
	require.Equal(t, http.StatusSeeOther, ada.Press(stale, "/articles/1/edit", "Save yours").Status)
	got := row(t, data, "1")
	require.Equal(t, "Mine", got.Title)
	require.Equal(t, int64(6), got.Score)

	// What nobody changed is not saved, and an act is done only to what was shown.
	require.Equal(t, "/articles/1?done=nothing", ada.Press(ada.Get("/articles/1/edit"), "/articles/1/edit", "").Location)
	ask := ada.Get("/articles/1/hide")
	ada.Press(ada.Get("/articles/1/edit"), "/articles/1/edit", "", "score=8")
	late := ada.Press(ask, "/articles/1/hide", "", "reason=spam")
	require.Equal(t, http.StatusConflict, late.Status)
	require.Contains(t, late.Text(), "The values changed after you opened this page.")
	require.Empty(t, row(t, data, "1").Hidden)
	require.Equal(t, http.StatusSeeOther, ada.Press(late, "/articles/1/hide", "", "reason=spam").Status)
	require.Equal(t, "spam", row(t, data, "1").Hidden)
	require.Equal(t, "/articles/1?done=resource-not-now", ada.Get("/articles/1/hide").Location)

	// A form is good for its row and its operator alone.
	form := ada.Get("/articles/2/edit").Filled("/articles/2/edit", "")
	require.Equal(t, http.StatusForbidden, ada.Post("/articles/3/edit", form).Status)
	other := mo.Get("/articles/1/edit").Filled("/articles/1/edit", "")
	other.Set("revision", ada.Get("/articles/1/edit").Form("/articles/1/edit").Get("revision"))
	require.Equal(t, http.StatusForbidden, mo.Post("/articles/1/edit", other).Status)
}
