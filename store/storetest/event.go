package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// events lists what the query selects.
func events(t *testing.T, st store.Store, q store.EventQuery) []store.Event {
	t.Helper()
	page, err := st.ListEvents(t.Context(), q)
	require.NoError(t, err)
	return page.Rows
}

// chain returns a MAC over everything an event holds, and a seal of the ends after it.
// They have no key, because only the store's part is checked here.
func chain(before store.AuditEnds, e store.Event) (mac, seal []byte, err error) {
	mac = digest(before.LastMAC, e)
	before.LastSeq, before.LastMAC = e.Seq, mac
	return mac, sealOf(before), nil
}

// sealOf returns a seal of the ends.
func sealOf(ends store.AuditEnds) []byte {
	return fmt.Appendf(nil, "%d %x %d %x", ends.PurgedSeq, ends.PurgedMAC, ends.LastSeq, ends.LastMAC)
}

// reseal is [store.PurgeEvents].Seal.
func reseal(_, after store.AuditEnds) ([]byte, error) { return sealOf(after), nil }

// purgeThrough purges the events up to one of those that are listed.
func purgeThrough(t *testing.T, st store.Store, through int64) store.PurgeEvents {
	t.Helper()
	p, err := st.ListEvents(t.Context(), store.EventQuery{OldestFirst: true, AfterSeq: through - 1, Limit: 1})
	require.NoError(t, err)
	w := store.PurgeEvents{Through: through, Seal: reseal}
	if len(p.Rows) > 0 {
		w.MAC = p.Rows[0].MAC
	}
	return w
}

func digest(previous []byte, e store.Event) []byte {
	if len(e.Detail) == 0 {
		e.Detail = nil
	}
	whole, err := json.Marshal(e)
	if err != nil {
		panic(fmt.Sprintf("storetest: an event cannot be encoded: %v", err))
	}
	sum := sha256.Sum256(append(bytes.Clone(previous), whole...))
	return sum[:]
}

// unbroken requires that the audit log has want events, numbered without gaps from
// one end to the other, each chained to the one before.
func unbroken(t *testing.T, st store.Store, want int) {
	t.Helper()
	var all []store.Event
	q := store.EventQuery{Limit: 500}
	for {
		page, err := st.ListEvents(t.Context(), q)
		require.NoError(t, err)
		all = append(all, page.Rows...)
		if page.Next == 0 {
			break
		}
		q.BeforeSeq = page.Next
	}
	require.Len(t, all, want)
	slices.Reverse(all)
	ends := auditEnds(t, st)
	require.Equal(t, ends.LastSeq-ends.PurgedSeq, int64(want), "events between the ends")
	previous := ends.PurgedMAC
	for i, e := range all {
		require.Equal(t, ends.PurgedSeq+int64(i)+1, e.Seq, "no gaps")
		bare := e
		bare.MAC = nil
		require.Equal(t, digest(previous, bare), e.MAC, "event %d is chained to the one before", e.Seq)
		previous = e.MAC
	}
	require.Equal(t, previous, ends.LastMAC)
}

func auditEnds(t *testing.T, st store.Store) store.AuditEnds {
	t.Helper()
	ends, err := st.AuditEnds(t.Context())
	require.NoError(t, err)
	return ends
}

var eventDuties = []duty{
	{"every field of an event comes back, but for Seq, which the store gives", func(t *testing.T, st store.Store) {
		for i, e := range []store.Event{
			filled[store.Event](t, "event"),
			{},
			{Detail: map[string]string{"": "", "long": long}, UserAgent: long, Reason: long, Route: long},
		} {
			want := e
			want.Seq = int64(i + 1)
			keeps(t, e, want,
				func(e store.Event) { commit(t, st, store.AppendEvent{Event: e}) },
				func() store.Event { return events(t, st, store.EventQuery{})[0] })
		}
	}},
	{"events are numbered in the order in which they were appended, and listed newest first", func(t *testing.T, st store.Store) {
		require.Empty(t, events(t, st, store.EventQuery{}))
		late, early := newEvent("late"), newEvent("early")
		late.At = noon.Add(time.Hour)
		commit(t, st, store.AppendEvent{Event: late}, store.AppendEvent{Event: early})
		commit(t, st, store.AppendEvent{Event: newEvent("third")})
		var got []string
		for _, e := range events(t, st, store.EventQuery{}) {
			got = append(got, fmt.Sprint(e.Seq, e.ID))
		}
		require.Equal(t, []string{"3third", "2early", "1late"}, got)
	}},
	{"a failed commit leaves no gap", func(t *testing.T, st store.Store) {
		for i := range 5 {
			commit(t, st, store.AppendEvent{Event: newEvent(fmt.Sprint(i)), MAC: chain})
			refused(t, st, store.ErrNotFound,
				store.AppendEvent{Event: newEvent("never"), MAC: chain}, store.AppendEvent{Event: newEvent("never"), MAC: chain},
				consume("nothing", noon))
		}
		unbroken(t, st, 5)
	}},
	{"an event is chained to the one before it, in the form in which it is read back", func(t *testing.T, st store.Store) {
		full := filled[store.Event](t, "full")
		full.At = noon.Add(999).In(time.FixedZone("east", 3600))
		other := newEvent("other")
		other.Detail = map[string]string{}
		commit(t, st, store.AppendEvent{Event: full, MAC: chain}, store.AppendEvent{Event: other, MAC: chain})
		commit(t, st, store.AppendEvent{Event: full, MAC: chain})
		unbroken(t, st, 3)
	}},
	{"the first event has no previous MAC, and one without a MAC keeps its own for the next", func(t *testing.T, st store.Store) {
		var previous [][]byte
		remember := func(before store.AuditEnds, e store.Event) (mac, seal []byte, err error) {
			previous = append(previous, bytes.Clone(before.LastMAC))
			return []byte{byte(e.Seq)}, nil, nil
		}
		given := newEvent("given")
		given.MAC = []byte("given")
		commit(t, st, store.AppendEvent{Event: newEvent("first"), MAC: remember})
		commit(t, st, store.AppendEvent{Event: given})
		commit(t, st, store.AppendEvent{Event: newEvent("last"), MAC: remember})
		require.Empty(t, previous[0])
		require.Equal(t, []byte("given"), previous[len(previous)-1])
		require.Equal(t, []byte{3}, events(t, st, store.EventQuery{})[0].MAC)
	}},
	{"where an event came to stand is what the last call of its MAC was told", func(t *testing.T, st store.Store) {
		var told []int64
		noted := func(n int) store.AppendEvent {
			return store.AppendEvent{Event: newEvent(fmt.Sprint(n)), MAC: func(before store.AuditEnds, e store.Event) (mac, seal []byte, err error) {
				told = append(told, e.Seq)
				return chain(before, e)
			}}
		}
		commit(t, st, noted(0), store.PutRole{Role: newRole("r")}, noted(1), noted(2))
		require.Equal(t, []int64{1, 2, 3}, told[len(told)-3:], "in order")
		unbroken(t, st, 3)
	}},
	{"the MAC's memory is not the store's", func(t *testing.T, st store.Store) {
		var mac, seal []byte
		commit(t, st, store.AppendEvent{Event: newEvent("a"), MAC: func(store.AuditEnds, store.Event) ([]byte, []byte, error) {
			mac, seal = []byte{1, 2, 3}, []byte{4, 5, 6}
			return mac, seal, nil
		}})
		mac[0], seal[0] = 9, 9
		refused(t, st, store.ErrConflict, store.AppendEvent{Event: newEvent("b"), MAC: func(before store.AuditEnds, _ store.Event) ([]byte, []byte, error) {
			before.LastMAC[1], before.Seal[1] = 9, 9
			return nil, nil, store.ErrConflict
		}})
		commit(t, st, store.AppendEvent{Event: newEvent("b")})
		require.Equal(t, []byte{1, 2, 3}, events(t, st, store.EventQuery{})[1].MAC)
		require.Equal(t, []byte{4, 5, 6}, auditEnds(t, st).Seal)
	}},
	{"an event whose MAC fails is not appended, nor is anything else of its commit", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1)
		was := auditEnds(t, st)
		failing := store.AppendEvent{Event: newEvent("never"), MAC: func(store.AuditEnds, store.Event) ([]byte, []byte, error) {
			return []byte{1}, []byte{1}, store.ErrConflict
		}}
		refused(t, st, store.ErrConflict, store.PutRole{Role: newRole("r")}, store.AppendEvent{Event: newEvent("never"), MAC: chain}, failing)
		_, err := st.FindRole(t.Context(), "r")
		require.ErrorIs(t, err, store.ErrNotFound)
		same(t, was, auditEnds(t, st))
		unbroken(t, st, 1)
	}},
	{"the seal is what the last append or purge made it of, from the ends before it", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1, 2, 3)
		require.Equal(t, sealOf(auditEnds(t, st)), auditEnds(t, st).Seal)
		var told []store.AuditEnds
		noted := store.AppendEvent{Event: newEvent("noted"), MAC: func(before store.AuditEnds, e store.Event) (mac, seal []byte, err error) {
			told = append(told, before)
			return chain(before, e)
		}}
		w := purgeThrough(t, st, 2)
		was := auditEnds(t, st)
		w.Seal = func(before, after store.AuditEnds) ([]byte, error) {
			same(t, was, before)
			told = append(told, after)
			return reseal(before, after)
		}
		commit(t, st, w, noted)
		require.EqualValues(t, 2, told[len(told)-2].PurgedSeq)
		require.EqualValues(t, 2, told[len(told)-1].PurgedSeq, "the append was told of the purge")
		require.Equal(t, sealOf(told[len(told)-2]), told[len(told)-1].Seal)
		require.Equal(t, sealOf(auditEnds(t, st)), auditEnds(t, st).Seal)

		was = auditEnds(t, st)
		commit(t, st, store.AppendEvent{Event: newEvent("given")})
		require.Equal(t, was.Seal, auditEnds(t, st).Seal)
		w = purgeThrough(t, st, 3)
		w.Seal = func(_, _ store.AuditEnds) ([]byte, error) { return nil, store.ErrConflict }
		refused(t, st, store.ErrConflict, w)
		require.Equal(t, was.PurgedSeq, auditEnds(t, st).PurgedSeq)
	}},
}

// appendAt appends an event for each of the minutes past noon.
func appendAt(t *testing.T, st store.Store, minutes ...int) {
	t.Helper()
	for i, minute := range minutes {
		e := newEvent(fmt.Sprint(i))
		e.At = noon.Add(time.Duration(minute) * time.Minute)
		commit(t, st, store.AppendEvent{Event: e, MAC: chain})
	}
}

var eventPurgeDuties = []duty{
	{"before the first event both ends are zero, and there is nothing to purge", func(t *testing.T, st store.Store) {
		same(t, store.AuditEnds{}, auditEnds(t, st))
		for _, through := range []int64{0, 1, -1} {
			refused(t, st, store.ErrNotFound, store.PurgeEvents{Through: through})
		}
		same(t, store.AuditEnds{}, auditEnds(t, st))
		appendAt(t, st, 0)
		unbroken(t, st, 1)
	}},
	{"the ends are those of the events, of which a failed commit is none", func(t *testing.T, st store.Store) {
		given := newEvent("given")
		given.MAC = []byte("given")
		commit(t, st, store.AppendEvent{Event: newEvent("first"), MAC: chain}, store.AppendEvent{Event: given})
		first := events(t, st, store.EventQuery{OldestFirst: true})[0]
		want := store.AuditEnds{LastSeq: 2, LastMAC: []byte("given"), Seal: sealOf(store.AuditEnds{LastSeq: 1, LastMAC: first.MAC})}
		same(t, want, auditEnds(t, st))
		refused(t, st, store.ErrNotFound, store.AppendEvent{Event: newEvent("never"), MAC: chain}, store.PurgeEvents{Through: 2}, consume("nothing", noon))
		same(t, want, auditEnds(t, st))
		handedOut := auditEnds(t, st)
		handedOut.LastMAC[0] = 'x'
		same(t, want, auditEnds(t, st))
	}},
	{"an event and all before it go, whenever they happened, and the ends say which", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1, 2, 2, 5, 3, 1, 9)
		for _, through := range []int64{1, 3, 4, 6} {
			was := auditEnds(t, st)
			oldest := events(t, st, store.EventQuery{OldestFirst: true})
			commit(t, st, purgeThrough(t, st, through))
			ends := auditEnds(t, st)
			require.Equal(t, through, ends.PurgedSeq)
			require.Equal(t, oldest[through-was.PurgedSeq-1].MAC, ends.PurgedMAC)
			require.Equal(t, was.LastSeq, ends.LastSeq)
			require.Equal(t, was.LastMAC, ends.LastMAC)
			unbroken(t, st, 7-int(through))
		}
	}},
	{"what is purged already, or not there yet, is not found", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1, 2, 3, 4)
		commit(t, st, purgeThrough(t, st, 2))
		was := auditEnds(t, st)
		refused(t, st, store.ErrConflict, store.PurgeEvents{Through: 3, MAC: was.LastMAC}, store.AppendEvent{Event: newEvent("never"), MAC: chain})
		for _, through := range []int64{-1, 0, 1, 2, 5, 1 << 62} {
			refused(t, st, store.ErrNotFound, store.PurgeEvents{Through: through}, store.AppendEvent{Event: newEvent("never"), MAC: chain})
		}
		same(t, was, auditEnds(t, st))
		unbroken(t, st, 2)
	}},
	{"the audit goes on after all of it was purged", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1, 2, 3)
		commit(t, st, purgeThrough(t, st, 3))
		ends := auditEnds(t, st)
		require.EqualValues(t, 3, ends.PurgedSeq)
		require.EqualValues(t, 3, ends.LastSeq)
		require.Equal(t, ends.LastMAC, ends.PurgedMAC)
		require.Empty(t, events(t, st, store.EventQuery{}))
		appendAt(t, st, 2, 5)
		unbroken(t, st, 2)
		require.Equal(t, []int64{4}, seqs(t, st, store.EventQuery{Until: noon.Add(3 * time.Minute)}))
		require.Equal(t, []int64{5}, seqs(t, st, store.EventQuery{From: noon.Add(3 * time.Minute)}))
	}},
	{"events are appended and purged in the order given", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1, 2)
		e := store.AppendEvent{Event: newEvent("e"), MAC: chain}
		commit(t, st, e, store.PurgeEvents{Through: 3}, e, e, store.PurgeEvents{Through: 4}, e)
		unbroken(t, st, 2)
		require.EqualValues(t, 4, auditEnds(t, st).PurgedSeq)
		require.Equal(t, []int64{5, 6}, seqs(t, st, store.EventQuery{OldestFirst: true}))
	}},
	{"purged events that are yet to be deleted have no gaps, also after a second purge", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1, 2, 3, 4, 5)
		commit(t, st, purgeThrough(t, st, 2))
		commit(t, st, purgeThrough(t, st, 4))
		left := seqs(t, st, store.EventQuery{OldestFirst: true, Purged: true})
		for i, seq := range left {
			require.EqualValues(t, 5-len(left)+1+i, seq)
		}
	}},
	{"purged events are in no list, or only in one that asks for them until a purge deletes them, and none is put there", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1, 2, 3, 4, 5)
		commit(t, st, purgeThrough(t, st, 3))
		require.Equal(t, []int64{4, 5}, seqs(t, st, store.EventQuery{OldestFirst: true}))
		left := seqs(t, st, store.EventQuery{OldestFirst: true, Purged: true})
		require.Subset(t, []int64{1, 2, 3, 4, 5}, left)
		require.Subset(t, left, []int64{4, 5})
		done, err := st.Purge(t.Context(), store.Purge{Now: noon, EventsThrough: 1})
		require.NoError(t, err)
		require.LessOrEqual(t, done.Events, 1, "no further than it was told")
		require.Subset(t, seqs(t, st, store.EventQuery{Purged: true}), left[min(1, len(left)-2):])
		purge(t, st, store.Purge{}, store.Purged{})
		again, err := st.Purge(t.Context(), store.Purge{Now: noon, EventsThrough: 5})
		require.NoError(t, err)
		require.Equal(t, len(left)-2, done.Events+again.Events, "and no further than is purged")
		require.Equal(t, []int64{4, 5}, seqs(t, st, store.EventQuery{OldestFirst: true, Purged: true}))
		unbroken(t, st, 2)
		refused(t, st, store.ErrNotFound, store.PurgeEvents{Through: 3})
		commit(t, st, purgeThrough(t, st, 5))
		purge(t, st, store.Purge{EventsThrough: 9}, store.Purged{Events: len(seqs(t, st, store.EventQuery{Purged: true}))})
		appendAt(t, st, 6)
		require.Equal(t, []int64{6}, seqs(t, st, store.EventQuery{Purged: true}))
	}},
	{"no filter finds a purged event", func(t *testing.T, st store.Store) {
		full := filled[store.Event](t, "full")
		full.At, full.Outcome = noon, "success"
		commit(t, st, store.AppendEvent{Event: full}, store.AppendEvent{Event: full}, store.PurgeEvents{Through: 2})
		for _, q := range []store.EventQuery{
			{}, {OldestFirst: true}, {Area: full.Area()}, {Code: full.Code}, {Outcome: full.Outcome}, {ActorID: full.ActorID},
			{TargetID: full.TargetID}, {IP: full.IP}, {From: noon}, {Until: noon.Add(time.Hour)}, {BeforeSeq: 2}, {OldestFirst: true, AfterSeq: 1},
		} {
			require.Empty(t, seqs(t, st, q), "%+v", q)
		}
	}},
}
