package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// mail reads an email that must exist.
func mail(t *testing.T, st store.Store, id string) store.Mail {
	t.Helper()
	m, err := st.FindMail(t.Context(), id)
	require.NoError(t, err)
	return m
}

// mailIDs lists the ids of the emails that the query selects.
func mailIDs(t *testing.T, st store.Store, q store.MailQuery) string {
	t.Helper()
	page, err := st.ListMails(t.Context(), q)
	require.NoError(t, err)
	ids := make([]string, len(page.Rows))
	for i, m := range page.Rows {
		ids[i] = m.ID
	}
	return strings.Join(ids, " ")
}

// mailFilters counts the filters of a query that are set.
func mailFilters(values ...string) (set int) {
	for _, v := range values {
		if v != "" {
			set++
		}
	}
	return set
}

// mostMails is the maximum number of emails in cases that read pages.
const mostMails = 400

// mailPages lists the ids of all emails that the query selects, page by page.
func mailPages(t *testing.T, st store.Store, q store.MailQuery) []string {
	t.Helper()
	var ids []string
	for looked := 0; ; looked++ {
		page, err := st.ListMails(t.Context(), q)
		require.NoError(t, err)
		limit := store.PageLimit(q.Limit)
		require.LessOrEqual(t, len(page.Rows), limit)
		most := len(ids)/limit + 1
		if mailFilters(string(q.State), q.Kind, q.OperatorID) > 1 {
			most += mostMails / (store.PageReach * limit)
		}
		require.LessOrEqual(t, looked, most, "pages that lead nowhere, or not far enough: %+v", q)
		for _, m := range page.Rows {
			ids = append(ids, m.ID)
		}
		if page.Next == nil {
			return ids
		}
		q.After = page.Next
	}
}

var mailDuties = slices.Concat(mailClaimDuties, []duty{
	{"every field of a mail comes back, but a list leaves the body out", func(t *testing.T, st store.Store) {
		full := filled[store.Mail](t, "mail")
		full.State = store.MailQueued
		for _, want := range []store.Mail{
			full,
			{ID: "bare", State: store.MailQueued},
			{ID: "long", State: store.MailSent, Subject: long, Reply: long, Body: []byte(long), OperatorID: "long"},
		} {
			keeps(t, want, want,
				func(m store.Mail) { commit(t, st, store.EnqueueMail{Mail: m}) },
				func() store.Mail { return mail(t, st, want.ID) })
		}
		listed, err := st.ListMails(t.Context(), store.MailQuery{OperatorID: full.OperatorID})
		require.NoError(t, err)
		full.Body = nil
		same(t, []store.Mail{full}, listed.Rows)
	}},
	{"a mail's id is given once", func(t *testing.T, st store.Store) {
		commit(t, st, store.EnqueueMail{Mail: newMail("m")})
		other := newMail("m")
		other.To = "eve@example.org"
		refused(t, st, store.ErrExists, store.EnqueueMail{Mail: other})
		same(t, newMail("m"), mail(t, st, "m"))
		_, err := st.FindMail(t.Context(), "other")
		require.ErrorIs(t, err, store.ErrNotFound)
	}},
	{"a settled mail is final, and its body is wiped unless it failed", func(t *testing.T, st store.Store) {
		for i, state := range []store.MailState{store.MailSent, store.MailFailed, store.MailCancelled} {
			id := string(state)
			commit(t, st, store.EnqueueMail{Mail: newMail(id)})
			require.Equal(t, id, claim(t, st, noon).ID)
			at := noon.Add(time.Duration(i) * time.Minute)
			settle := store.MoveMail{ID: id, Attempt: 1, From: store.MailQueued, To: state, Reply: "250 ok " + hostile[0], At: at.Add(999)}
			commit(t, st, settle)
			got := mail(t, st, id)
			require.Equal(t, state, got.State)
			require.Equal(t, settle.Reply, got.Reply)
			if state == store.MailFailed {
				require.Equal(t, newMail(id).Body, got.Body)
			} else {
				require.Empty(t, got.Body)
			}
			require.Equal(t, 1, got.Attempts)
			require.Equal(t, at, got.TriedAt)
			if state == store.MailSent {
				require.Equal(t, at, got.SentAt)
			} else {
				require.Zero(t, got.SentAt)
			}
			noneDue(t, st, noon.Add(1000*time.Hour))
			for _, next := range []store.MailState{store.MailQueued, store.MailSent, store.MailFailed} {
				settle.To = next
				refused(t, st, store.ErrConflict, settle)
			}
			same(t, got, mail(t, st, id))
		}
	}},
	{"a mail that is to be tried again keeps its body and waits", func(t *testing.T, st store.Store) {
		commit(t, st, store.EnqueueMail{Mail: newMail("m")})
		claim(t, st, noon)
		next := noon.Add(2 * time.Hour)
		commit(t, st, store.MoveMail{
			ID: "m", Attempt: 1, From: store.MailQueued, To: store.MailQueued, NextAttemptAt: next, Reply: "451 later", At: noon,
		})
		want := newMail("m")
		want.Attempts, want.NextAttemptAt, want.Reply, want.TriedAt = 1, next, "451 later", noon
		same(t, want, mail(t, st, "m"))
		noneDue(t, st, next.Add(-time.Microsecond))
		require.Equal(t, 2, claim(t, st, next).Attempts)
	}},
	{"an attempt that took too long settles nothing", func(t *testing.T, st store.Store) {
		commit(t, st, store.EnqueueMail{Mail: newMail("m")})
		refused(t, st, store.ErrConflict, store.MoveMail{ID: "m", Attempt: 1, From: store.MailQueued, To: store.MailSent, At: noon})
		claim(t, st, noon)
		want := claim(t, st, noon.Add(time.Hour))
		for _, attempt := range []int{-1, 0, 1, 3} {
			refused(t, st, store.ErrConflict, store.MoveMail{ID: "m", Attempt: attempt, From: store.MailQueued, To: store.MailSent, At: noon})
		}
		same(t, want, mail(t, st, "m"))
		refused(t, st, store.ErrNotFound, store.MoveMail{ID: "other", Attempt: 1, From: store.MailQueued, To: store.MailSent, At: noon})
		refused(t, st, store.ErrConflict,
			store.MoveMail{ID: "m", Attempt: 2, From: store.MailQueued, To: store.MailSent, At: noon},
			store.MoveMail{ID: "m", Attempt: 2, From: store.MailQueued, To: store.MailSent, At: noon})
		commit(t, st, store.MoveMail{ID: "m", Attempt: 2, From: store.MailQueued, To: store.MailSent, At: noon})
	}},
	{"a mail that was never claimed can be cancelled", func(t *testing.T, st store.Store) {
		commit(t, st, store.EnqueueMail{Mail: newMail("m")})
		commit(t, st, store.MoveMail{ID: "m", From: store.MailQueued, To: store.MailCancelled, At: noon})
		noneDue(t, st, noon.Add(time.Hour))
		require.Empty(t, mail(t, st, "m").Body)
	}},
	{"a failed mail is tried again from the beginning", func(t *testing.T, st store.Store) {
		commit(t, st, store.EnqueueMail{Mail: newMail("m")})
		for attempt := range 3 {
			now := noon.Add(time.Duration(attempt) * time.Hour)
			require.Equal(t, 1, claim(t, st, now).Attempts)
			settle := store.MoveMail{ID: "m", Attempt: 1, From: store.MailQueued, To: store.MailFailed, Reply: "550 no", At: now}
			commit(t, st, settle)
			noneDue(t, st, now.Add(1000*time.Hour))
			due := now.Add(time.Hour)
			commit(t, st, store.MoveMail{ID: "m", Attempt: 1, From: store.MailFailed, To: store.MailQueued, NextAttemptAt: due.Add(999), Reply: "550 no"})
			want := newMail("m")
			want.NextAttemptAt, want.Reply = due, "550 no"
			same(t, want, mail(t, st, "m"))
			refused(t, st, store.ErrConflict, settle)
			noneDue(t, st, due.Add(-time.Microsecond))
		}
	}},
	{"only a failed mail is tried again", func(t *testing.T, st store.Store) {
		for _, state := range []store.MailState{store.MailQueued, store.MailSent, store.MailCancelled} {
			m := newMail(string(state))
			m.State = state
			commit(t, st, store.EnqueueMail{Mail: m})
			again := store.MoveMail{ID: m.ID, From: store.MailFailed, To: store.MailQueued, NextAttemptAt: noon}
			refused(t, st, store.ErrConflict, again)
			if state != store.MailQueued {
				again.From = state
				refused(t, st, store.ErrConflict, again)
			}
			same(t, m, mail(t, st, m.ID))
		}
		refused(t, st, store.ErrNotFound, store.MoveMail{ID: "other", From: store.MailFailed, To: store.MailQueued, NextAttemptAt: noon})
		m := newMail("failed")
		m.State = store.MailFailed
		again := store.MoveMail{ID: "failed", From: store.MailFailed, To: store.MailQueued, NextAttemptAt: noon}
		m.Attempts = 3
		refused(t, st, store.ErrConflict, store.EnqueueMail{Mail: m}, again)
		again.Attempt = 3
		refused(t, st, store.ErrConflict, store.EnqueueMail{Mail: m}, again, again)
		commit(t, st, store.EnqueueMail{Mail: m}, again)
		refused(t, st, store.ErrConflict, again)
	}},
	{"mails are selected by state, kind and operator together", func(t *testing.T, st store.Store) {
		for i, id := range []string{"a", "b", "c", "d"} {
			m := newMail(id)
			m.CreatedAt = noon.Add(time.Duration(i) * time.Minute)
			m.OperatorID = fmt.Sprint("operator", i%2)
			if i%3 == 0 {
				m.Kind = "reset"
			}
			if i >= 2 {
				m.State = store.MailFailed
			}
			commit(t, st, store.EnqueueMail{Mail: m})
		}
		for _, c := range []struct {
			q    store.MailQuery
			want string
		}{
			{store.MailQuery{}, "d c b a"},
			{store.MailQuery{State: store.MailFailed}, "d c"},
			{store.MailQuery{OperatorID: "operator0"}, "c a"},
			{store.MailQuery{OperatorID: "operator_"}, ""},
			{store.MailQuery{State: store.MailSent}, ""},
			{store.MailQuery{Kind: "reset"}, "d a"},
			{store.MailQuery{Kind: "invitation"}, "c b"},
			{store.MailQuery{Kind: "rese_"}, ""},
			{store.MailQuery{Kind: "reset", After: &store.MailCursor{CreatedAt: noon.Add(3 * time.Minute), ID: "d"}}, "a"},
			{store.MailQuery{State: store.MailFailed, Kind: "reset", OperatorID: "operator1"}, "d"},
			{store.MailQuery{State: store.MailQueued, Kind: "reset", OperatorID: "operator1"}, ""},
			{store.MailQuery{State: store.MailFailed, OperatorID: "operator1"}, "d"},
			{store.MailQuery{OperatorID: "operator1", After: &store.MailCursor{CreatedAt: noon.Add(3 * time.Minute), ID: "d"}}, "b"},
			{store.MailQuery{After: &store.MailCursor{CreatedAt: noon.Add(2 * time.Minute)}}, "b a"},
		} {
			require.Equal(t, c.want, mailIDs(t, st, c.q), "%+v", c.q)
		}
	}},
	{"pages of mails are newest first, without gaps or repeats where times are equal", func(t *testing.T, st store.Store) {
		var writes []store.Write
		var want []string
		for i, id := range names("m", 60) {
			m := newMail(id)
			m.CreatedAt = noon.Add(time.Duration(i/20) * time.Microsecond)
			writes = append(writes, store.EnqueueMail{Mail: m})
			want = append([]string{id}, want...)
		}
		commit(t, st, writes...)
		for _, limit := range []int{1, 7, 20, 0, 501, 500} {
			require.Equal(t, want, mailPages(t, st, store.MailQuery{Limit: limit}), "pages of %d", limit)
			page, err := st.ListMails(t.Context(), store.MailQuery{Limit: limit})
			require.NoError(t, err)
			require.Len(t, page.Rows, min(60, store.PageLimit(limit)))
			require.Equal(t, store.PageLimit(limit) < 60, page.Next != nil, "pages of %d", limit)
		}
	}},
	{"a search selects mails whose key contains each of its words, with the other filters, on pages of any length", func(t *testing.T, st store.Store) {
		for i, key := range []string{"ada lovelace ada@example.org", "grace hopper hopper@example.org", "ada%king_ king@example.com", ""} {
			m := newMail(fmt.Sprint(i))
			m.SearchKey, m.CreatedAt = key, noon.Add(time.Duration(i)*time.Minute)
			if i%2 == 0 {
				m.State = store.MailFailed
			}
			commit(t, st, store.EnqueueMail{Mail: m})
		}
		for search, want := range map[string]string{
			"": "3 2 1 0", " ": "3 2 1 0", "ada": "2 0", "king": "2", "pper": "1", "example.org": "1 0", "org ada": "0", "ada hopper": "",
			"%": "2", "_": "2", "a%a": "", `\`: "", "ADA": "", "'": "",
		} {
			for _, q := range []store.MailQuery{{Search: search}, {Search: search, State: store.MailFailed}, {Search: search, Kind: "invitation"}} {
				want := strings.Fields(want)
				if q.State != "" {
					want = slices.DeleteFunc(want, func(id string) bool { return id == "1" || id == "3" })
				}
				for _, q.Limit = range []int{1, 2, 500} {
					require.Equal(t, strings.Join(want, " "), strings.Join(mailPages(t, st, q), " "), "%+v", q)
				}
			}
		}
	}},
	{"mails are found where filters meet, however far in", func(t *testing.T, st store.Store) {
		var writes []store.Write
		var want []string
		for i, id := range names("m", mostMails) {
			m := newMail(id)
			m.CreatedAt = noon.Add(time.Duration(i) * time.Second)
			switch {
			case i%97 == 0:
				m.State, m.Kind, m.OperatorID = store.MailFailed, "reset", "ada"
				want = append([]string{id}, want...)
			case i%2 == 0:
				m.State, m.OperatorID = store.MailFailed, "eve"
			default:
				m.Kind, m.OperatorID = "reset", "ada"
			}
			writes = append(writes, store.EnqueueMail{Mail: m})
		}
		commit(t, st, writes...)
		for _, limit := range []int{1, 4, 500} {
			require.Equal(t, want, mailPages(t, st, store.MailQuery{State: store.MailFailed, Kind: "reset", Limit: limit}))
			require.Equal(t, want, mailPages(t, st, store.MailQuery{State: store.MailFailed, Kind: "reset", OperatorID: "ada", Limit: limit}))
			require.Empty(t, mailPages(t, st, store.MailQuery{OperatorID: "eve", Kind: "reset", Limit: limit}))
		}
	}},
})
