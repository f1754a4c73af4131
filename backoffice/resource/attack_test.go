package resource_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// What someone who means ill tries on the pages of a resource, and what pages_test.go does not.

func unversioned(r *resource.Resource[post]) {
	r.Fields = slices.DeleteFunc(r.Fields, func(f resource.Field[post]) bool {
		_, is := f.(resource.Version[post])
		return is
	})
}

func TestARowThatLeavesOnesRowsMeanwhileIsNotChanged(t *testing.T) {
	data := few()
	get, moving := data.Get, false
	data.Get = func(ctx context.Context, id string) (post, error) {
		was, err := get(ctx, id)
		if moving {
			moving = false
			now := was
			now.Section = "bees"
			require.NoError(t, data.Update(ctx, resource.Change[post]{ID: id, Was: was, Now: now, Fields: []string{"section"}}))
		}
		return was, err
	}
	s := open(t, data, unversioned)
	mo := s.Entered("Mo", backoffice.Moderator)
	for id, act := range map[string]string{"1": "edit", "4": "hide"} {
		at := "/articles/" + id + "/" + act
		page := mo.Get(at)
		moving = true
		p := mo.Press(page, at, "", map[string]string{"edit": "title=Mine", "hide": "reason=spam"}[act])
		require.Equal(t, http.StatusForbidden, p.Status, act)
		require.NotEqual(t, "Mine", row(t, data, id).Title)
		require.Empty(t, row(t, data, id).Hidden)
	}
}

func TestTheAuditOfAnExportSaysWhatWasExported(t *testing.T) {
	s := open(t, few())
	mo, ada := s.Entered("Mo", backoffice.Moderator), s.Entered("Ada", backoffice.Administrator)
	for _, tt := range []struct {
		who  *browse.Person
		form url.Values
		rows int
		says string
	}{
		{mo, url.Values{"score.from": {"9"}}, 3, "everything"}, // of a field that Mo may not see
		{mo, url.Values{"q": {"  "}}, 3, "everything"},
		{mo, url.Values{"q": {"b section=roses"}}, 0, `q="b section=roses"`},
		{mo, url.Values{"q": {"b"}, "pinned": {"false"}}, 1, "pinned=false q=b"},
		{ada, url.Values{"score.from": {"9"}}, 1, "score=…"}, // nor may all who read the log
	} {
		file := tt.who.Post("/articles", withToken(tt.who, tt.form))
		require.Equal(t, tt.rows, strings.Count(file.Body, "\r\n")-1, tt.form)
		require.Equal(t, tt.says, s.Last().Detail["after.filter"], tt.form)
	}
}

func TestABulkActTakesTheStepUpOfItsAct(t *testing.T) {
	data := few()
	s := open(t, data)
	ada := s.Entered("Ada", backoffice.Administrator)
	preview := ada.Get("/articles/-/bulk?act=delete&row=1&row=4")
	s.Clock.Add(20 * time.Minute)
	form := preview.Filled("/articles/-/bulk", "Delete")
	require.Equal(t, "yes", form.Get("confirm"))
	require.Contains(t, ada.Post("/articles/-/bulk", form).Location, "/step-up?next=")
	form.Set("act", "hide") // whose act asks for none
	require.Equal(t, http.StatusUnprocessableEntity, ada.Post("/articles/-/bulk", form).Status, "a selection is good for its act")
	require.NotZero(t, row(t, data, "1").ID)
}

func TestTheHostsRuleIsAskedAboutTheActOfSeveralRows(t *testing.T) {
	data, rule := few(), error(nil)
	s := browse.New(t, func(c *backoffice.Config) {
		c.Parts = []backoffice.Part{posts(data)}
		c.Decide = func(_ context.Context, a backoffice.Access) error {
			if a.Permission == "articles.hide" {
				return rule
			}
			return nil
		}
	})
	s.Set(map[string]string{"two_factor.who": "recommended"})
	mo := s.Entered("Mo", backoffice.Moderator)
	const at = "/articles/-/bulk?act=hide&row=1"
	form := mo.Get(at).Filled("/articles/-/bulk", "Hide")
	form.Set("reason", "spam")
	rule = backoffice.Refuse("Not at night.")
	for _, p := range []browse.Page{mo.Get("/articles/1/hide"), mo.Get(at), mo.Post("/articles/-/bulk", form)} {
		require.Equal(t, http.StatusForbidden, p.Status, p.Path)
		require.Contains(t, p.Text(), "Not at night.")
	}
	require.Equal(t, "articles.hide", s.Last().Detail["permission"])
	s.Clock.Add(20 * time.Minute)
	rule = backoffice.ErrStepUp
	require.Contains(t, mo.Get(at).Location, "/step-up?next=")
	require.Contains(t, mo.Post("/articles/-/bulk", form).Location, "/step-up?next=")
	require.Empty(t, row(t, data, "1").Hidden)
}

func TestWhatRowsHoldIsTextOnEveryPage(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x>`
	data := resource.Slice(post{ID: 1, Title: evil, Section: evil, Author: evil, Note: evil, Hidden: evil}, post{ID: 2, Title: evil, Section: evil})
	s := open(t, data, func(r *resource.Resource[post]) {
		r.One, r.Many, r.Acts[0].Label, r.Acts[0].Help = evil, evil, evil, evil
		for i, f := range r.Fields {
			if ref, ok := f.(resource.Ref[post, string]); ok {
				ref.To = resource.Relation{
					Path:   "/javascript:/",
					Labels: func(context.Context, []string) (map[string]string, error) { return map[string]string{evil: evil}, nil },
					Find: func(context.Context, string, int) ([]resource.Option, error) {
						return []resource.Option{{Value: evil, Label: evil}}, nil
					},
				}
				r.Fields[i] = ref
			}
		}
	})
	ada := s.Entered("Ada", backoffice.Administrator)
	q := url.QueryEscape(evil)
	shown := []string{ada.Press(ada.Get("/articles/1/edit"), "/articles/1/edit", "", "title="+strings.Repeat(evil, 2), "score=x").Body}
	for _, path := range []string{
		"/articles?q=" + q + "&section=" + q + "&author=" + q + "&score.from=" + q + "&author.q=" + q, "/articles", "/articles/1", "/articles/1/edit", "/articles/2/hide",
		"/articles/1/delete", "/articles/-/new", "/articles/-/bulk?act=hide&row=1&row=2&row=" + q,
	} {
		shown = append(shown, ada.Get(path).Body)
	}
	for i, body := range shown {
		require.NotContains(t, body, "<script>alert", i)
		require.NotContains(t, body, "<img src=x", i)
		require.Contains(t, body, "alert(1)", i)
	}
}
