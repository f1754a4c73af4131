package resource_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

func TestDeletingSaysWhatGoesAndTakesAStepUp(t *testing.T) {
	data := few()
	s := open(t, data)
	ada := s.Entered("Ada", backoffice.Administrator)
	ask := ada.Get("/articles/4/delete")
	require.Contains(t, ask.Text(), "=1+1")
	s.Clock.Add(time.Hour)
	ada = s.Entered("Ann", backoffice.Administrator)
	ask = ada.Get("/articles/4/delete")
	s.Clock.Add(20 * time.Minute)
	proof := ada.Press(ask, "/articles/4/delete", "", "reason=old")
	require.Contains(t, proof.Location, "/step-up?next=")
	require.NotNil(t, row(t, data, "4"))
	back := ada.Follow(ada.Submit(ada.Follow(proof), "/step-up", "password", testoffice.Good))
	require.Contains(t, back.Body, "\nold</textarea>") // what was typed is there again
	require.Equal(t, "/articles?done=resource-deleted", ada.Press(back, "/articles/4/delete", "").Location)
	_, err := data.Get(context.Background(), "4")
	require.ErrorIs(t, err, backoffice.ErrNotFound)
	require.Equal(t, "old", s.Last().Reason)
	require.Equal(t, "=1+1", s.Last().Detail["before.title"])
}

func TestSeveralRowsAtATime(t *testing.T) {
	data := few()
	s := open(t, data)
	mo, ada := s.Entered("Mo", backoffice.Moderator), s.Entered("Ada", backoffice.Administrator)
	preview := mo.Get("/articles/-/bulk?act=hide&row=1&row=2&row=3&row=4&row=77")
	require.Contains(t, preview.Text(), "Rows affected: 2. Left out: 3.")
	require.NotContains(t, preview.Body, "Wasps")
	form := preview.Filled("/articles/-/bulk", "Hide")
	form.Set("reason", "spam")
	require.Equal(t, http.StatusUnprocessableEntity, ada.Post("/articles/-/bulk", withToken(ada, form)).Status, "another operator's selection")
	require.Equal(t, http.StatusUnprocessableEntity, mo.Press(preview, "/articles/-/bulk", "Hide", "reason=").Status)
	ada.Press(ada.Get("/articles/4/edit"), "/articles/4/edit", "", "score=3") // and is no longer as it was shown
	report := mo.Post("/articles/-/bulk", form)
	require.Contains(t, report.Text(), "Done: 1. Not done: 1.")
	require.Contains(t, report.Text(), "Someone changed this row in the meantime.")
	require.Equal(t, report.Body, mo.Post("/articles/-/bulk", form).Body, "sent twice, done once")
	require.Equal(t, "spam", row(t, data, "1").Hidden)
	require.Empty(t, row(t, data, "4").Hidden)
	require.Empty(t, row(t, data, "2").Hidden)

	// All that match: those that were shown, as far as they still match.
	all := ada.Get("/articles/-/bulk?act=hide&all=yes&pinned=false")
	require.Contains(t, all.Text(), "Rows affected: 2. Left out: 1.")
	_, err := data.Create(context.Background(), post{Title: "Late", Section: "bees"})
	require.NoError(t, err)
	three := row(t, data, "3")
	pinned := three
	pinned.Pinned = true
	require.NoError(t, data.Update(context.Background(), resource.Change[post]{ID: "3", Was: three, Now: pinned, Fields: []string{"pinned"}}))
	report = ada.Press(all, "/articles/-/bulk", "Hide", "reason=spam")
	require.Contains(t, report.Text(), "Done: 1. Not done: 1.")
	require.Contains(t, report.Text(), "This row no longer matches the filters.")
	require.Empty(t, row(t, data, "3").Hidden)
	require.Empty(t, row(t, data, "5").Hidden)

	// A failure of one is told, and the rest goes on.
	for _, name := range []string{"", "/articles/-/bulk?act=publish&row=1", "/articles/-/bulk?act=hide", "/articles/-/bulk?act=view&row=1"} {
		if name != "" {
			require.Equal(t, http.StatusUnprocessableEntity, ada.Get(name).Status, name)
		}
	}
	rows := url.Values{"act": {"hide"}}
	for i := range 101 {
		rows.Add("row", fmt.Sprint(i))
	}
	require.Contains(t, ada.Get("/articles/-/bulk?"+rows.Encode()).Text(), "Tick at most 100 rows.")
}

// withToken is a form with a token of another operator's.
func withToken(p *browse.Person, form url.Values) url.Values {
	copied := url.Values{}
	for name, values := range form {
		copied[name] = values
	}
	copied.Set("csrf", p.Get("/account").Form("/logout").Get("csrf"))
	return copied
}

func TestAFailureOfOneRowIsTold(t *testing.T) {
	data := few()
	update := data.Update
	data.Update = func(ctx context.Context, c resource.Change[post]) error {
		if c.ID == "2" {
			return errors.New("disk full at /var/lib/secret")
		}
		return update(ctx, c)
	}
	s := open(t, data)
	ada := s.Entered("Ada", backoffice.Administrator)
	report := ada.Press(ada.Get("/articles/-/bulk?act=hide&row=1&row=2&row=3"), "/articles/-/bulk", "Hide", "reason=spam")
	require.Contains(t, report.Text(), "Done: 2. Not done: 1.")
	require.Contains(t, report.Text(), "The change failed. The server’s log has the cause.")
	require.NotContains(t, report.Body, "disk full")
	require.Contains(t, s.Log.String(), "disk full")
	// So is one of a single row, calmly.
	one := ada.Press(ada.Get("/articles/2/hide"), "/articles/2/hide", "", "reason=spam")
	require.Equal(t, http.StatusInternalServerError, one.Status)
	require.NotContains(t, one.Body, "disk full")
}

func TestItsFormsAreKeptLikeTheOffices(t *testing.T) {
	data := few()
	var heard []string
	s := browse.New(t, func(c *backoffice.Config) {
		c.Parts = []backoffice.Part{posts(data)}
		c.Decide = func(_ context.Context, a backoffice.Access) error {
			heard = append(heard, a.Permission)
			return nil
		}
	})
	s.Set(map[string]string{"two_factor.who": "recommended"})
	mo := s.Entered("Mo", backoffice.Moderator)
	edit := mo.Get("/articles/1/edit")
	require.Contains(t, heard, "articles.edit")
	form := edit.Filled("/articles/1/edit", "Save")
	form.Del("csrf")
	require.Equal(t, http.StatusForbidden, mo.Post("/articles/1/edit", form).Status)
	require.Equal(t, http.StatusMethodNotAllowed, mo.Send(mo.With(http.MethodPut, "/articles/1/edit", edit.Filled("/articles/1/edit", "Save"))).Status)

	s.Clock.Add(48 * time.Hour)
	signIn := mo.Press(edit, "/articles/1/edit", "Save", "title=Typed")
	require.Contains(t, signIn.Location, "/login?next=")
	again := mo.Follow(mo.Submit(mo.Follow(signIn), "/login", "login", "Mo", "password", testoffice.Good))
	require.Contains(t, again.Body, `value="Typed"`)
	require.Equal(t, http.StatusSeeOther, mo.Press(again, "/articles/1/edit", "Save").Status)
	require.Equal(t, "Typed", row(t, data, "1").Title)
}
