package admin_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// tampered is a store whose audit somebody with a hand in the database changed.
type tampered struct {
	store.Store
	rows func([]store.Event) []store.Event
	ends func(*store.AuditEnds)
}

func (s tampered) ListEvents(ctx context.Context, q store.EventQuery) ([]store.Event, error) {
	limit := store.PageLimit(q.Limit)
	q.Limit = 500
	var all []store.Event
	after := q.AfterSeq
	q.AfterSeq = 0
	for {
		page, err := s.Store.ListEvents(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < q.Limit {
			break
		}
		q.AfterSeq = page[len(page)-1].Seq
	}
	if s.rows != nil {
		all = s.rows(all)
	}
	all = slices.DeleteFunc(all, func(e store.Event) bool { return e.Seq <= after })
	return all[:min(limit, len(all))], nil
}

func (s tampered) AuditEnds(ctx context.Context) (store.AuditEnds, error) {
	ends, err := s.Store.AuditEnds(ctx)
	if s.ends != nil {
		s.ends(&ends)
	}
	return ends, err
}

// fill writes n events.
func (o *office) fill(n int) {
	for i := range n {
		w, err := o.Audit(visit, "mail.tested", desk.Success).Actor(o.boss).With("n", strconv.Itoa(i)).Write()
		require.NoError(o.t, err)
		require.NoError(o.t, o.Commit(ctx, w))
	}
}

func TestWhoeverTampersWithTheAuditIsFoundOut(t *testing.T) {
	o := newOffice(t)
	o.fill(620) // more than are read at once
	last := int64(len(o.allEvents()))
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
		{"the end's hash changed", tampered{ends: func(e *store.AuditEnds) { e.LastMAC = []byte("guess") }}, last + 1},
	} {
		c.st.Store = o.cfg.Store
		v, err := o.over(c.st).VerifyAudit(ctx, desk.CommandLine())
		require.NoError(t, err, c.name)
		require.Equal(t, c.broken, v.Broken, c.name)
		require.Equal(t, c.broken != 0, v.Problem != "", c.name)
		o.now = o.now.Add(time.Minute) // a check is costly, and bounded
	}
}

// allEvents are all of the audit, oldest first.
func (o *office) allEvents() []store.Event {
	all, err := tampered{Store: o.mem}.ListEvents(ctx, store.EventQuery{OldestFirst: true, Limit: 500})
	require.NoError(o.t, err)
	for len(all)%500 == 0 {
		more, err := o.mem.ListEvents(ctx, store.EventQuery{OldestFirst: true, AfterSeq: all[len(all)-1].Seq, Limit: 500})
		require.NoError(o.t, err)
		if len(more) == 0 {
			break
		}
		all = append(all, more...)
	}
	return all
}

// purging is a store that another replica purges while its audit is read.
type purging struct {
	store.Store
	purge func()
}

func (s *purging) ListEvents(ctx context.Context, q store.EventQuery) ([]store.Event, error) {
	if f := s.purge; f != nil && q.Limit > 1 {
		s.purge = nil
		f()
	}
	return s.Store.ListEvents(ctx, q)
}

func TestAPurgeMeanwhileIsNotTakenForTampering(t *testing.T) {
	o := newOffice(t)
	o.now = o.now.Add(400 * 24 * time.Hour)
	o.fill(3)
	other := o.another()
	v, err := o.over(&purging{o.cfg.Store, func() { require.NoError(t, other.Purge(ctx)) }}).VerifyAudit(ctx, desk.CommandLine())
	require.NoError(t, err)
	require.Zero(t, v.Broken, v.Problem)
	require.Greater(t, v.From, int64(1))
	require.Equal(t, 4, v.Checked, "three, and that there was a purge")
	n, err := o.AuditCount(ctx, desk.CommandLine())
	require.NoError(t, err)
	require.Equal(t, v.Checked, n)
	require.Equal(t, "audit.purged", o.events()[0])
	require.NoError(t, other.Purge(ctx))
	require.Len(t, o.events(), 4, "with nothing to purge nothing is written")
}

func TestAnExportSelectsAsTheListDoes(t *testing.T) {
	o := newOffice(t)
	grace := o.person("Grace", desk.RoleModerator)
	began := o.now
	o.fill(1100)
	o.now = o.now.Add(time.Minute)
	elsewhere := visit
	elsewhere.Address = "198.51.100.9"
	_, err := o.SignIn(ctx, elsewhere, desk.SignInForm{Login: "Grace", Password: "wrong"})
	require.Error(t, err)
	o.enter(grace)
	for _, c := range []struct {
		name string
		q    store.EventQuery
		want int
	}{
		{"everything", store.EventQuery{}, len(o.allEvents()) + 1}, // and that it is exported
		{"an area", store.EventQuery{Area: "mail"}, 1100},
		{"a code", store.EventQuery{Code: "signin.refused"}, 1},
		{"an outcome", store.EventQuery{Outcome: desk.Failure}, 1},
		{"an actor", store.EventQuery{ActorID: grace.ID}, 1},
		{"a target", store.EventQuery{TargetID: grace.ID}, 2},
		{"an address", store.EventQuery{Address: "198.51.100.9"}, 1},
		{"from a time", store.EventQuery{Area: "signin", From: began.Add(time.Second)}, 2},
		{"until a time", store.EventQuery{Area: "signin", Until: began.Add(time.Second)}, 1},
		{"two at once", store.EventQuery{TargetID: grace.ID, Outcome: desk.Success}, 1},
		{"nothing", store.EventQuery{Code: "no.such"}, 0},
		{"what cannot be looked up", store.EventQuery{TargetID: "\x00"}, 0},
		{"what is not text", store.EventQuery{Address: "\xff"}, 0},
	} {
		var seqs []int64
		require.NoError(t, o.ExportAudit(ctx, desk.CommandLine(), visit, c.q, func(e store.Event) error {
			seqs = append(seqs, e.Seq)
			return nil
		}), c.name)
		if c.name == "everything" {
			require.Len(t, seqs, c.want)
			require.EqualValues(t, c.want, seqs[0])
		} else {
			require.Len(t, seqs, c.want, c.name)
		}
		require.True(t, slices.IsSortedFunc(seqs, func(a, b int64) int { return int(b - a) }), "newest first")
		newest, err := o.AuditEvent(ctx, o.boss, int64(len(o.allEvents())))
		require.NoError(t, err)
		require.Equal(t, "audit.exported", newest.Code)
		o.now = o.now.Add(time.Minute)
	}
}

func TestExportsAndChecksAreBoundedPerOperator(t *testing.T) {
	o := newOffice(t)
	limited := (*desk.LimitedError)(nil)
	export := func(a desk.Actor) error {
		return o.ExportAudit(ctx, a, visit, store.EventQuery{}, func(store.Event) error { return nil })
	}
	for range 20 {
		require.NoError(t, export(o.boss))
		_, err := o.VerifyAudit(ctx, o.boss)
		require.NoError(t, err)
	}
	require.ErrorAs(t, export(o.boss), &limited)
	_, err := o.VerifyAudit(ctx, o.boss)
	require.ErrorAs(t, err, &limited)
	other := o.signIn(o.person("Other", desk.RoleAdministrator))
	require.NoError(t, export(other))
	for _, seq := range []int64{0, -1, 1 << 62, 1<<63 - 1} {
		_, err := o.AuditEvent(ctx, o.boss, seq)
		require.ErrorIs(t, err, desk.ErrNotFound)
	}
}
