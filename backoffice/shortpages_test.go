package backoffice_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// hesitant is a store that stops looking early where filters come together, as
// the contract lets it: the first page has no row, each further one has one.
type hesitant struct{ store.Store }

func (s hesitant) ListEvents(ctx context.Context, q store.EventQuery) (store.EventPage, error) {
	if q.Area == "" || q.Outcome == "" {
		return s.Store.ListEvents(ctx, q)
	}
	if q.BeforeSeq == 0 && q.AfterSeq == 0 {
		return store.EventPage{Next: 1 << 40}, nil
	}
	q.Limit = 1
	return s.Store.ListEvents(ctx, q)
}

func (s hesitant) ListMails(ctx context.Context, q store.MailQuery) (store.MailPage, error) {
	if q.State == "" || q.Kind == "" {
		return s.Store.ListMails(ctx, q)
	}
	if q.After == nil {
		return store.MailPage{Next: &store.MailCursor{CreatedAt: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), ID: "z"}}, nil
	}
	q.Limit = 1
	return s.Store.ListMails(ctx, q)
}

// walkFurther follows a list whose pages end early, and returns its rows.
func walkFurther(b *browser, first, prefix string) []string {
	b.T.Helper()
	p := b.Get(first)
	require.Contains(b.T, p.Text(), "No matches so far")
	require.Empty(b.T, p.Rows(prefix))
	next := p.Link("Search further")
	require.NotEmpty(b.T, next)
	_, all := b.WalkPages(next, prefix)
	return all
}

func TestListsGoOnWhereAPageEndsEarly(t *testing.T) {
	o, sue := seated(t, func(cfg *backoffice.Config) { cfg.Store = hesitant{cfg.Store} })
	o.mailed(6, func(n int, m *store.Mail) {
		if n%2 == 0 {
			m.State = store.MailFailed
		}
	})
	for range 3 {
		require.False(t, o.Browser().Login("Sue", "wrong password").Status == http.StatusSeeOther)
	}
	require.Len(t, walkFurther(sue.Browser, "/mail?state=failed&kind=new-device", "/mail/"), 3)
	refused := walkFurther(sue.Browser, "/audit?kind=signin&outcome=failure", "/audit/")
	require.Len(t, refused, 3)

	t.Run("towards newer events, too", func(t *testing.T) {
		oldest := refused[len(refused)-1]
		p := sue.Get("/audit?kind=signin&outcome=failure&newer=" + strings.TrimPrefix(oldest, "/audit/"))
		require.Equal(t, refused[1:2], p.Rows("/audit/"))
		require.Equal(t, refused[:1], sue.Get(p.Link("Previous page")).Rows("/audit/"))
		require.Equal(t, refused[2:], sue.Get(p.Link("Next page")).Rows("/audit/"), "and back")
	})
}
