package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// anyMail is a claim of any email, for ten minutes.
func anyMail(now time.Time) store.MailClaim {
	return store.MailClaim{Now: now, Until: now.Add(10 * time.Minute), Urgent: true, Others: true}
}

// claim claims an email that must be due, for ten minutes.
func claim(t *testing.T, st store.Store, now time.Time) store.Mail {
	t.Helper()
	m, err := st.ClaimMail(t.Context(), anyMail(now))
	require.NoError(t, err)
	return m
}

// noneDue requires that there is nothing to claim.
func noneDue(t *testing.T, st store.Store, now time.Time) {
	t.Helper()
	_, err := st.ClaimMail(t.Context(), anyMail(now))
	require.ErrorIs(t, err, store.ErrNotFound)
}

var mailClaimDuties = []duty{
	{"the mail that has been due longest is claimed first, and none before it is due", func(t *testing.T, st store.Store) {
		for id, minutes := range map[string]int{"b": 2, "d": 4, "a": 1, "c": 3} {
			m := newMail(id)
			m.NextAttemptAt = noon.Add(time.Duration(minutes) * time.Minute)
			m.CreatedAt = noon.Add(-time.Duration(minutes) * time.Minute)
			commit(t, st, store.EnqueueMail{Mail: m})
		}
		atOnce := newMail("at once")
		atOnce.NextAttemptAt = time.Time{}
		commit(t, st, store.EnqueueMail{Mail: atOnce})
		now := noon.Add(3 * time.Minute)
		for _, want := range []string{"at once", "a", "b", "c"} {
			require.Equal(t, want, claim(t, st, now).ID)
		}
		noneDue(t, st, now)
		noneDue(t, st, now.Add(time.Minute-time.Microsecond))
		require.Equal(t, "d", claim(t, st, now.Add(time.Minute)).ID)
	}},
	{"a claim counts the attempt and hides the mail until then, and it comes up again if nobody settles it", func(t *testing.T, st store.Store) {
		commit(t, st, store.EnqueueMail{Mail: newMail("m")})
		want := newMail("m")
		for attempt := 1; attempt <= 3; attempt++ {
			now := want.NextAttemptAt
			want.Attempts, want.NextAttemptAt = attempt, now.Add(10*time.Minute)
			same(t, want, claim(t, st, now.Add(999)))
			same(t, want, mail(t, st, "m"))
			noneDue(t, st, want.NextAttemptAt.Add(-time.Microsecond))
		}
	}},
	{"a mail past its end is claimed all the same, so that someone can settle it", func(t *testing.T, st store.Store) {
		m := newMail("m")
		m.ExpiresAt = noon.Add(-time.Hour)
		commit(t, st, store.EnqueueMail{Mail: m})
		require.Equal(t, m.ExpiresAt, claim(t, st, noon).ExpiresAt)
	}},
	{"an urgent mail is claimed before all others, and lanes can be left out", func(t *testing.T, st store.Store) {
		lane := func(urgent bool, domain string) store.MailLane { return store.MailLane{Urgent: urgent, Domain: domain} }
		for i, l := range []store.MailLane{
			lane(false, "slow.example"), lane(false, "slow.example"), lane(false, ""), lane(false, "z.example"), lane(false, "urgent"),
			lane(true, "slow.example"), lane(true, "a.example"), lane(true, ""),
		} {
			m := newMail(fmt.Sprint(i))
			m.Lane, m.NextAttemptAt = l, noon.Add(time.Duration(i)*time.Second)
			commit(t, st, store.EnqueueMail{Mail: m})
		}
		late := newMail("late")
		late.Lane, late.NextAttemptAt = lane(true, "late.example"), noon.Add(time.Hour)
		commit(t, st, store.EnqueueMail{Mail: late})
		now := noon.Add(time.Minute)
		for _, c := range []struct {
			want   string
			change func(*store.MailClaim)
		}{
			{"5", func(c *store.MailClaim) {}},
			{"0", func(c *store.MailClaim) { c.Urgent = false }},
			{"7", func(c *store.MailClaim) { c.Except = []store.MailLane{lane(true, "a.example"), lane(false, "")} }},
			{"2", func(c *store.MailClaim) { c.Urgent, c.Except = false, []store.MailLane{lane(false, "slow.example")} }},
			{"6", func(c *store.MailClaim) { c.Others = false }},
			{"", func(c *store.MailClaim) { c.Others = false }},
			{"", func(c *store.MailClaim) { c.Urgent, c.Others = false, false }},
			{"1", func(c *store.MailClaim) {}},
			{"4", func(c *store.MailClaim) { c.Except = []store.MailLane{lane(false, "z.example")} }},
			{"", func(c *store.MailClaim) { c.Except = []store.MailLane{lane(false, "z.example")} }},
			{"3", func(c *store.MailClaim) { c.Except = []store.MailLane{lane(true, "z.example")} }},
		} {
			claim := anyMail(now)
			c.change(&claim)
			m, err := st.ClaimMail(t.Context(), claim)
			if c.want == "" {
				require.ErrorIs(t, err, store.ErrNotFound, "%+v", claim)
				continue
			}
			require.NoError(t, err, "%+v", claim)
			require.Equal(t, c.want, m.ID)
		}
	}},
	{"a claim is renewed or given back, but only by its holder", func(t *testing.T, st store.Store) {
		commit(t, st, store.EnqueueMail{Mail: newMail("m")})
		want := claim(t, st, noon)
		want.NextAttemptAt = noon.Add(time.Hour)
		commit(t, st, store.RenewMail{ID: "m", Attempt: 1, Until: want.NextAttemptAt.Add(999)})
		same(t, want, mail(t, st, "m"))
		noneDue(t, st, want.NextAttemptAt.Add(-time.Microsecond))
		for _, attempt := range []int{0, 2} {
			refused(t, st, store.ErrConflict, store.RenewMail{ID: "m", Attempt: attempt, Until: noon})
		}
		refused(t, st, store.ErrNotFound, store.RenewMail{ID: "other", Attempt: 1, Until: noon})
		same(t, want, mail(t, st, "m"))

		commit(t, st, store.RenewMail{ID: "m", Attempt: 1, Until: noon, GiveBack: true})
		same(t, newMail("m"), mail(t, st, "m"))
		require.Equal(t, 1, claim(t, st, noon).Attempts)
		commit(t, st, store.MoveMail{ID: "m", Attempt: 1, From: store.MailQueued, To: store.MailFailed, At: noon})
		refused(t, st, store.ErrConflict, store.RenewMail{ID: "m", Attempt: 1, Until: noon})
	}},
	{"the queue tells how it stands", func(t *testing.T, st store.Store) {
		queue := func() store.MailQueue {
			t.Helper()
			p, err := st.Pulse(t.Context())
			require.NoError(t, err)
			return p.Mail
		}
		same(t, store.MailQueue{}, queue())
		var writes []store.Write
		for i, id := range []string{"a", "b", "c"} {
			m := newMail(id)
			m.CreatedAt, m.NextAttemptAt = noon.Add(time.Duration(i)*time.Minute), noon.Add(time.Duration(10+i)*time.Minute)
			writes = append(writes, store.EnqueueMail{Mail: m})
		}
		commit(t, st, writes...)
		same(t, store.MailQueue{Queued: 3, OldestAt: noon, DueAt: noon.Add(10 * time.Minute)}, queue())
		at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
		commit(t, st,
			store.MoveMail{ID: "a", From: store.MailQueued, To: store.MailSent, At: at(20)},
			store.MoveMail{ID: "b", From: store.MailQueued, To: store.MailQueued, NextAttemptAt: at(25), Reply: "451 b", At: at(22)},
			store.MoveMail{ID: "c", From: store.MailQueued, To: store.MailQueued, NextAttemptAt: at(24), Reply: "451 c", At: at(21)})
		same(t, store.MailQueue{Queued: 2, OldestAt: at(1), DueAt: at(24), SentAt: at(20), FailedAt: at(22), Reply: "451 b"}, queue())
		commit(t, st, store.MoveMail{ID: "b", From: store.MailQueued, To: store.MailFailed, Reply: "550 b", At: at(26)})
		same(t, store.MailQueue{Queued: 1, OldestAt: at(2), DueAt: at(24), SentAt: at(20), FailedAt: at(21), Reply: "451 c"}, queue())
		writes = nil
		for _, id := range names("m", store.MailQueueMost) {
			writes = append(writes, store.EnqueueMail{Mail: newMail(id)})
		}
		commit(t, st, writes...)
		require.Equal(t, store.MailQueueMost, queue().Queued)
	}},
}
