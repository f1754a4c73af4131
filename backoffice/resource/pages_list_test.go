package resource_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

func TestTheExportIsTheListAndNoFormula(t *testing.T) {
	s := open(t, few())
	ada, mo, rea := s.Entered("Ada", backoffice.Administrator), s.Entered("Mo", backoffice.Moderator), s.Entered("Rea", backoffice.CommunityManager)
	export := func(p *browse.Person, filter string) browse.Page {
		return p.Press(p.Get("/articles"+filter), "/articles", "CSV, for spreadsheets")
	}
	file := export(ada, "")
	require.Equal(t, "text/csv; charset=utf-8", file.Header.Get("Content-Type"))
	require.Equal(t, "\ufefftitle,section,score,author,pinned\r\nWasps are wild,wasps,9,,false\r\nBees are busy,bees,7,,false\r\nRoses are red,roses,5,a1,false\r\n'=1+1,roses,1,,true\r\n", file.Body)
	require.Equal(t, "\ufefftitle,section,author,pinned\r\n'=1+1,roses,,true\r\n", export(mo, "?pinned=true").Body)
	require.Equal(t, http.StatusForbidden, rea.Post("/articles", withToken(rea, url.Values{})).Status)
	require.Contains(t, fmt.Sprint(s.Last().Code, s.Events()), "pinned=true")
	s.Clock.Add(20 * time.Minute)
	require.Contains(t, export(ada, "?pinned=true").Location, "/step-up?next=")
	require.Equal(t, 2, s.Count("articles.export"))
}

func TestAnExportThatFailsBreaksTheConnection(t *testing.T) {
	var many []post
	for i := range 600 {
		many = append(many, post{ID: int64(i + 1), Title: "Post", Section: "roses"})
	}
	data := resource.Slice(many...)
	list := data.List
	data.List = func(ctx context.Context, q resource.Query) ([]post, error) {
		if q.After != nil {
			return nil, errors.New("the disk is full")
		}
		return list(ctx, q)
	}
	ada := open(t, data).Entered("Ada", backoffice.Administrator)
	r := ada.With(http.MethodPost, "/articles", withToken(ada, url.Values{}))
	r.Header.Set("User-Agent", ada.Agent)
	answer, err := ada.Client.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	part, err := io.ReadAll(answer.Body)
	require.Error(t, err, "%d %.200s", answer.StatusCode, part)
	require.Contains(t, string(part), "Post,roses")
}

func TestFieldsThatOneMayNotSeeDoNotExist(t *testing.T) {
	s := open(t, few())
	mo, ada := s.Entered("Mo", backoffice.Moderator), s.Entered("Ada", backoffice.Administrator)
	plain := mo.Get("/articles").Rows("/articles/")
	for _, query := range []string{"?score.from=6", "?score=5", "?sort=score", "?sort=-score", "?hidden=x", "?note=x", "?sort=note", "?sort=%27", "?nothing=1", "?after=AAAA", "?before=x"} {
		require.Equal(t, plain, mo.Get("/articles"+query).Rows("/articles/"), query)
	}
	require.Len(t, plain, 3)
	require.Len(t, ada.Get("/articles?score.from=6").Rows("/articles/"), 2)
	require.Len(t, ada.Get("/articles?score.from=5&score.to=7").Rows("/articles/"), 2)
	require.Equal(t, http.StatusUnprocessableEntity, ada.Get("/articles?score.from=six").Status)
	require.Len(t, ada.Get("/articles?q=rOSES").Rows("/articles/"), 1)
	require.Len(t, ada.Get("/articles?author=a1&section=roses").Rows("/articles/"), 1)
	require.Contains(t, ada.Get("/articles?author=b2").Text(), "No matches")
	require.Contains(t, ada.Get("/articles?q="+strings.Repeat("%25_%5C", 40)).Text(), "No matches")
}

func TestPagesLeadOnAndBack(t *testing.T) {
	var many []post
	for i := range 120 {
		many = append(many, post{ID: int64(i + 1), Title: fmt.Sprint("Post ", i+1), Section: "roses", Score: int64(i / 7)})
	}
	data := resource.Slice(many...)
	s := open(t, data)
	ada := s.Entered("Ada", backoffice.Administrator)
	pages, rows := ada.WalkPages("/articles", "/articles/")
	require.Len(t, pages, 3)
	require.Len(t, rows, 120)
	require.Equal(t, "120", rows[0])
	back := ada.Get(pages[2].Link("Previous page"))
	require.Equal(t, pages[1].Rows("/articles/"), back.Rows("/articles/"))
	first := ada.Get(back.Link("Previous page"))
	require.Equal(t, pages[0].Rows("/articles/"), first.Rows("/articles/"))
	require.Empty(t, first.Link("Previous page"))
	// Behind the last row, the list begins again.
	last := pages[2]
	for _, id := range last.Rows("/articles/") {
		require.NoError(t, data.Delete(context.Background(), row(t, data, id)))
	}
	require.Equal(t, pages[0].Rows("/articles/"), ada.Get(pages[1].Link("Next page")).Rows("/articles/"))
	// A place in the list of one operator is none for another, nor in another order.
	next := pages[0].Link("Next page")
	require.Equal(t, pages[0].Rows("/articles/"), s.Entered("Ann", backoffice.Administrator).Get(next).Rows("/articles/"))
	require.Equal(t, "21", ada.Get(next + "&sort=score").Rows("/articles/")[0])
}

func TestADatabaseThatIsDownGivesACalmPage(t *testing.T) {
	data := few()
	list, get := data.List, data.Get
	fault := errors.New("")
	data.List = func(ctx context.Context, q resource.Query) ([]post, error) {
		if fault != nil {
			return nil, fault
		}
		return list(ctx, q)
	}
	data.Get = func(ctx context.Context, id string) (post, error) {
		if fault != nil {
			return post{}, fault
		}
		return get(ctx, id)
	}
	s := open(t, data)
	ada := s.Entered("Ada", backoffice.Administrator)
	for want, err := range map[int]error{500: errors.New("pq: password of user admin"), 503: context.DeadlineExceeded} {
		fault = err
		for _, path := range []string{"/articles", "/articles/1", "/articles/1/edit", "/articles/-/bulk?act=hide&row=1"} {
			p := ada.Get(path)
			if path == "/articles/-/bulk?act=hide&row=1" || want == 500 || p.Status != 503 {
				require.Equal(t, want, p.Status, "%s %v", path, err)
			}
			require.NotContains(t, p.Body, "pq:")
		}
	}
	fault = fmt.Errorf("list: %w", resource.ErrTooSlow)
	for _, path := range []string{"/articles?q=roses", "/articles"} {
		p := ada.Get(path)
		require.Equal(t, http.StatusServiceUnavailable, p.Status)
		require.Contains(t, p.Text(), "The search took too long.")
		require.Contains(t, p.Body, `role="search"`, "what could make it quicker")
		require.NotContains(t, p.Text(), "Nothing here yet")
	}
}
