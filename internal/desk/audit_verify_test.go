package desk_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// tampered is a store whose audit log was changed by someone with access to the
// database.
type tampered struct {
	store.Store
	rows func([]store.Event) []store.Event
	ends func(*store.AuditEnds)
}

func (s tampered) ListEvents(ctx context.Context, q store.EventQuery) (store.EventPage, error) {
	limit, after := store.PageLimit(q.Limit), q.AfterSeq
	q.Limit, q.AfterSeq = 500, 0
	var all []store.Event
	for {
		page, err := s.Store.ListEvents(ctx, q)
		if err != nil {
			return page, err
		}
		all = append(all, page.Rows...)
		if q.AfterSeq = page.Next; page.Next == 0 {
			break
		}
	}
	if s.rows != nil {
		all = s.rows(all)
	}
	all = slices.DeleteFunc(all, func(e store.Event) bool { return e.Seq <= after })
	if len(all) > limit {
		return store.EventPage{Rows: all[:limit], Next: all[limit-1].Seq}, nil
	}
	return store.EventPage{Rows: all}, nil
}

// Commit keeps nothing, so that one check is like the next.
func (s tampered) Commit(context.Context, ...store.Write) error { return nil }

func (s tampered) AuditEnds(ctx context.Context) (store.AuditEnds, error) {
	ends, err := s.Store.AuditEnds(ctx)
	if s.ends != nil {
		s.ends(&ends)
	}
	return ends, err
}

func TestWhoeverTampersWithTheAuditIsFoundOut(t *testing.T) {
	o := staffed(t)
	o.fill(600)
	older := o.ends()
	o.fill(20) // more than are read at once
	all := o.Events()
	last := int64(len(all))
	purgedTo := func(seq int64) func(*store.AuditEnds) {
		return func(e *store.AuditEnds) { e.PurgedSeq, e.PurgedMAC = seq, all[seq-1].MAC }
	}
	drop := func(seqs ...int64) func([]store.Event) []store.Event {
		return func(rows []store.Event) []store.Event {
			return slices.DeleteFunc(rows, func(e store.Event) bool { return slices.Contains(seqs, e.Seq) })
		}
	}
	change := func(seq int64, f func(*store.Event)) func([]store.Event) []store.Event {
		return func(rows []store.Event) []store.Event { f(&rows[seq-1]); return rows }
	}
	for _, c := range []struct {
		name   string
		st     tampered
		broken int64
	}{
		{"nothing", tampered{}, 0},
		{"a row in the middle removed", tampered{rows: drop(300)}, 300},
		{"a row right after a page removed", tampered{rows: drop(501)}, 501},
		{"many rows removed", tampered{rows: drop(40, 41, 42, 43)}, 40},
		{"the first removed", tampered{rows: drop(1)}, 1},
		{"the last removed", tampered{rows: drop(last)}, last},
		{"all removed", tampered{rows: func([]store.Event) []store.Event { return nil }}, 1},
		{"a removal passed off as a purge", tampered{rows: drop(1, 2, 3), ends: func(e *store.AuditEnds) { e.PurgedSeq = 3 }}, 4},
		{"a removal passed off as a purge, with the right hash", tampered{rows: drop(1, 2, 3), ends: purgedTo(3)}, 3},
		{"the removal of all but the last passed off as a purge", tampered{rows: func(rows []store.Event) []store.Event { return rows[last-1:] }, ends: purgedTo(last - 1)}, last - 1},
		{"the removal of everything passed off as a purge", tampered{rows: func([]store.Event) []store.Event { return nil }, ends: purgedTo(last)}, last},
		{"everything, as if there had never been anything", tampered{rows: func([]store.Event) []store.Event { return nil }, ends: func(e *store.AuditEnds) { *e = store.AuditEnds{} }}, 1},
		{"the rows after a removal renumbered", tampered{rows: func(rows []store.Event) []store.Event {
			for i := range rows[300:] {
				rows[300+i].Seq--
			}
			return slices.Delete(rows, 299, 300)
		}}, 300},
		{"who did it changed", tampered{rows: change(10, func(e *store.Event) { e.ActorID = "somebody else" })}, 10},
		{"a detail changed", tampered{rows: change(620, func(e *store.Event) { e.Detail = map[string]string{"n": "0"} })}, 620},
		{"the time changed", tampered{rows: change(10, func(e *store.Event) { e.At = e.At.Add(-time.Hour) })}, 10},
		{"its hash removed", tampered{rows: change(10, func(e *store.Event) { e.MAC = nil })}, 10},
		{"two rows exchanged", tampered{rows: func(rows []store.Event) []store.Event {
			rows[10], rows[11] = rows[11], rows[10]
			rows[10].Seq, rows[11].Seq = 11, 12
			return rows
		}}, 11},
		{"a row added beyond the end", tampered{rows: func(rows []store.Event) []store.Event {
			return append(rows, store.Event{Seq: last + 1, MAC: []byte("guess")})
		}}, last + 1},
		{"a row added far beyond the end", tampered{rows: func(rows []store.Event) []store.Event {
			return append(rows, store.Event{Seq: last + 100, MAC: []byte("guess")})
		}}, last + 1},
		{"an older end put back", tampered{ends: func(e *store.AuditEnds) { e.LastSeq, e.LastMAC = last-2, all[last-3].MAC }}, last - 1},
		{"the seal removed", tampered{ends: func(e *store.AuditEnds) { e.Seal = nil }}, last},
		{"the seal changed", tampered{ends: func(e *store.AuditEnds) { e.Seal[40] ^= 1 }}, last},
		{"the seal of an older end put back", tampered{ends: func(e *store.AuditEnds) { e.Seal = older.Seal }}, last},
		{"an older end put back, with its seal", tampered{ends: func(e *store.AuditEnds) { *e = older }}, older.LastSeq + 1},
		{"the newest removed, passed off as a purge", tampered{rows: func(rows []store.Event) []store.Event { return rows[:0] }, ends: func(e *store.AuditEnds) {
			e.PurgedSeq, e.PurgedMAC = e.LastSeq, e.LastMAC
		}}, last},
		{"the end's hash changed", tampered{ends: func(e *store.AuditEnds) { e.LastMAC = []byte("guess") }}, last + 1},
	} {
		c.st.Store = o.Cfg.Store
		v, err := o.Over(c.st).VerifyAudit(ctx, desk.CommandLine(), home, "")
		require.NoError(t, err, c.name)
		require.Equal(t, c.broken, v.Broken, c.name)
		require.Equal(t, c.broken != 0, !v.Problem.IsZero(), c.name)
		require.Equal(t, c.broken != 0, v.Head == "", c.name)
		o.Clock.Add(time.Minute) // a check is costly, and bounded
	}
}

func TestARowAmongThePurgedIsFoundOut(t *testing.T) {
	o := staffed(t)
	o.fill(620)
	all := o.Events()
	o.Clock.Add(400 * 24 * time.Hour)
	o.fill(3)
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	purged := o.ends().PurgedSeq
	forged := all[4]
	forged.MAC = []byte("guess")
	for name, c := range map[string]struct {
		before []store.Event
		broken int64
	}{
		"nothing":                           {nil, 0},
		"some that wait for their deletion": {all[100:purged], 0},
		"the last, which waits for it":      {all[purged-1 : purged], 0},
		"one made up":                       {[]store.Event{forged}, 5},
		"one from a copy":                   {all[4:5], 5},
		"one made up, before others":        {append([]store.Event{forged}, all[100:purged]...), 101},
		"one made up in the middle":         {slices.Concat(all[100:200], []store.Event{{Seq: 201, MAC: forged.MAC}}, all[201:purged]), 201},
		"the last one made up":              {[]store.Event{{Seq: purged, MAC: forged.MAC}}, purged},
		"some without the last":             {all[100 : purged-1], purged - 1},
	} {
		st := tampered{Store: o.Cfg.Store, rows: func(rows []store.Event) []store.Event { return slices.Concat(c.before, rows) }}
		v, err := o.Over(st).VerifyAudit(ctx, desk.CommandLine(), home, "")
		require.NoError(t, err, name)
		require.Equal(t, c.broken, v.Broken, "%s: %s", name, v.Problem)
	}
}

func TestAPurgeMeanwhileIsNotTakenForTampering(t *testing.T) {
	o := staffed(t)
	o.Clock.Add(400 * 24 * time.Hour)
	o.fill(3)
	other := o.Another()
	v, err := o.While("ListEvents", func() { require.NoError(t, other.PurgeAt(ctx, o.Now())) }).VerifyAudit(ctx, desk.CommandLine(), home, "")
	require.NoError(t, err)
	require.Zero(t, v.Broken, v.Problem)
	require.Greater(t, v.From, int64(1))
	require.Equal(t, 4, v.Checked, "three, and that there was a purge")
	n, err := o.AuditCount(ctx, desk.CommandLine())
	require.NoError(t, err)
	require.Equal(t, v.Checked+1, n, "and that there was a check")
	require.Equal(t, []string{"audit.verified", "audit.purged"}, o.Codes()[:2])
	require.NoError(t, other.PurgeAt(ctx, o.Now()))
	require.Len(t, o.Codes(), 5, "with nothing to purge nothing is written")

	o.Clock.Add(400 * 24 * time.Hour)
	o.fill(2)
	require.NoError(t, o.While("ListEvents", func() { require.NoError(t, other.PurgeAt(ctx, o.Now())) }).PurgeAt(ctx, o.Now()))
	require.Equal(t, []string{"audit.purged", "mail.tested", "mail.tested"}, o.Codes(), "of two that purge at once one writes it down")
}

// markAt is the mark of an event as someone outside remembers it.
func (o *office) markAt(seq int64) string {
	e := o.Events()[seq-1]
	return fmt.Sprintf("%d:%x", e.Seq, e.MAC[:8])
}

func TestWhoRemembersARowSeesThatAnOlderCopyWasPutBack(t *testing.T) {
	o := staffed(t)
	ends := map[int64]store.AuditEnds{}
	for o.Last().Seq < 620 {
		o.fill(1)
		ends[o.ends().LastSeq] = o.ends()
	}
	all := o.Events()
	last := int64(len(all))
	remembered, middle, first := o.markAt(last), o.markAt(500), o.markAt(1)
	// cut is the audit as it was when it had n rows, which holds in itself.
	cut := func(n int64) tampered {
		return tampered{
			Store: o.Cfg.Store,
			rows: func(rows []store.Event) []store.Event {
				return slices.DeleteFunc(rows, func(e store.Event) bool { return e.Seq > n })
			},
			ends: func(e *store.AuditEnds) { *e = ends[n] },
		}
	}
	for _, c := range []struct {
		name   string
		st     tampered
		since  string
		broken int64
	}{
		{"nothing", cut(last), "", 0},
		{"nothing, and the newest is remembered", cut(last), remembered, 0},
		{"nothing, and one at the end of a page is remembered", cut(last), middle, 0},
		{"nothing, and the first is remembered", cut(last), first, 0},
		{"the newest cut off with the head, which nobody remembers", cut(400), "", 0},
		{"the newest cut off with the head, of which an older one is remembered", cut(400), first, 0},
		{"the newest cut off with the head", cut(last - 1), remembered, last},
		{"many cut off with the head", cut(400), middle, 401},
		{"gone on with from an older copy", cut(last), "500:0123456789abcdef", 500},
		{"gone on with from an older copy, right at the end", cut(last), fmt.Sprintf("%d:0123456789abcdef", last), last},
	} {
		v, err := o.Over(c.st).VerifyAudit(ctx, desk.CommandLine(), home, c.since)
		require.NoError(t, err, c.name)
		require.Equal(t, c.broken, v.Broken, c.name)
		require.Equal(t, c.broken != 0, !v.Problem.IsZero(), c.name)
		require.Equal(t, c.broken != 0, v.Head == "", c.name)
		require.False(t, v.SincePurged, c.name)
		o.Clock.Add(time.Minute)
	}
}

func TestTheHeadOfOneCheckIsWhatALaterOneComparesWith(t *testing.T) {
	o := staffed(t)
	v, err := o.VerifyAudit(ctx, o.Boss, home, "")
	require.NoError(t, err)
	head := v.Head
	require.Equal(t, o.markAt(v.To), head)
	o.fill(3)
	v, err = o.VerifyAudit(ctx, o.Boss, home, head)
	require.NoError(t, err)
	require.Zero(t, v.Broken, v.Problem)
	require.NotEqual(t, head, v.Head)

	o.Clock.Add(400 * 24 * time.Hour)
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	v, err = o.VerifyAudit(ctx, desk.CommandLine(), home, head)
	require.NoError(t, err)
	require.Zero(t, v.Broken, v.Problem)
	require.True(t, v.SincePurged, "what was purged cannot be compared")
	last := fmt.Sprintf("%d:%x", v.From-1, o.ends().PurgedMAC[:8])
	v, err = o.VerifyAudit(ctx, desk.CommandLine(), home, last)
	require.NoError(t, err)
	require.Zero(t, v.Broken, v.Problem)
	require.False(t, v.SincePurged, "the last one purged can")
	v, err = o.VerifyAudit(ctx, desk.CommandLine(), home, last[:len(last)-16]+"0123456789abcdef")
	require.NoError(t, err)
	require.Equal(t, v.From-1, v.Broken)
}

func (o *office) ends() store.AuditEnds {
	ends, err := o.Mem.AuditEnds(ctx)
	require.NoError(o.T, err)
	return ends
}

func TestARowToCompareWithIsANumberAndAHash(t *testing.T) {
	o := staffed(t)
	for _, since := range []string{":", "1", "1:", "1:abc", "0:0123456789abcdef", "-1:0123456789abcdef", "1:0123456789abcdef0", " 1:0123456789abcdef",
		"1:0123456789abcdeg", "9999999999999999999:0123456789abcdef", "1:0123456789abcdef\n"} {
		_, err := o.VerifyAudit(ctx, desk.CommandLine(), home, since)
		require.ErrorAs(t, err, new(*desk.InvalidError), "%q", since)
	}
}

func TestACheckOfTheAuditIsAuditedWithWhatItFound(t *testing.T) {
	o := staffed(t)
	_, err := o.VerifyAudit(ctx, o.Boss, home, "")
	require.NoError(t, err)
	o.Write(store.AppendEvent{Event: store.Event{ID: "forged", Code: "signin.succeeded", At: o.Now(), MAC: []byte("guess")}})
	_, err = o.VerifyAudit(ctx, o.Boss, home, "")
	require.NoError(t, err)
	page, err := o.AuditPage(ctx, o.Boss, store.EventQuery{Code: "audit.verified"})
	require.NoError(t, err)
	rows := page.Rows
	require.Len(t, rows, 2)
	require.Equal(t, desk.Success, rows[1].Outcome)
	require.Equal(t, desk.Failure, rows[0].Outcome)
	require.NotEmpty(t, rows[0].Reason)
	for _, e := range rows {
		require.Equal(t, []string{o.Boss.ID, home.IP}, []string{e.ActorID, e.IP})
	}
	require.NotEmpty(t, rows[0].Detail["broken"])
	require.NotContains(t, rows[1].Detail, "broken")
}

func TestTheAuditIsVerifiedAlsoAfterOldRowsArePurged(t *testing.T) {
	o := staffed(t)
	v, err := o.VerifyAudit(ctx, o.Boss, home, "")
	require.NoError(t, err)
	require.Zero(t, v.Broken)
	require.Positive(t, v.Checked)

	o.Clock.Add(400 * 24 * time.Hour)
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	o.Boss = o.Actor(o.Find(o.Boss.ID))
	v, err = o.VerifyAudit(ctx, o.Boss, home, "")
	require.NoError(t, err)
	require.Zero(t, v.Broken, v.Problem)
	require.Greater(t, v.From, int64(1))

	// A row put in by somebody without the key does not fit.
	o.Write(store.AppendEvent{Event: store.Event{ID: "forged", Code: "signin.succeeded", At: o.Now(), MAC: []byte("guess")}})
	v, err = o.VerifyAudit(ctx, o.Boss, home, "")
	require.NoError(t, err)
	require.NotZero(t, v.Broken)
}
