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

// chain returns a MAC over everything an event holds. It has no key, because only
// the store's part is checked here.
func chain(previous []byte, e store.Event) []byte {
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
		require.Equal(t, chain(previous, bare), e.MAC, "event %d is chained to the one before", e.Seq)
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
		remember := func(p []byte, e store.Event) []byte {
			previous = append(previous, bytes.Clone(p))
			return []byte{byte(e.Seq)}
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
			return store.AppendEvent{Event: newEvent(fmt.Sprint(n)), MAC: func(previous []byte, e store.Event) []byte {
				told = append(told, e.Seq)
				return chain(previous, e)
			}}
		}
		commit(t, st, noted(0), store.PutRole{Role: newRole("r")}, noted(1), noted(2))
		require.Equal(t, []int64{1, 2, 3}, told[len(told)-3:], "in order")
		unbroken(t, st, 3)
	}},
	{"the MAC's memory is not the store's", func(t *testing.T, st store.Store) {
		var handedOut []byte
		commit(t, st, store.AppendEvent{Event: newEvent("a"), MAC: func([]byte, store.Event) []byte {
			handedOut = []byte{1, 2, 3}
			return handedOut
		}})
		handedOut[0] = 9
		commit(t, st, store.AppendEvent{Event: newEvent("b"), MAC: func(previous []byte, _ store.Event) []byte {
			previous[1] = 9
			return nil
		}})
		require.Equal(t, []byte{1, 2, 3}, events(t, st, store.EventQuery{})[1].MAC)
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
		want := store.AuditEnds{LastSeq: 2, LastMAC: []byte("given")}
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
			commit(t, st, store.PurgeEvents{Through: through})
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
		commit(t, st, store.PurgeEvents{Through: 2})
		was := auditEnds(t, st)
		for _, through := range []int64{-1, 0, 1, 2, 5, 1 << 62} {
			refused(t, st, store.ErrNotFound, store.PurgeEvents{Through: through}, store.AppendEvent{Event: newEvent("never"), MAC: chain})
		}
		same(t, was, auditEnds(t, st))
		unbroken(t, st, 2)
	}},
	{"the audit goes on after all of it was purged", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1, 2, 3)
		commit(t, st, store.PurgeEvents{Through: 3})
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
	{"purged events are in no list, or only in one that asks for them until a purge deletes them, and none is put there", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1, 2, 3, 4, 5)
		commit(t, st, store.PurgeEvents{Through: 3})
		require.Equal(t, []int64{4, 5}, seqs(t, st, store.EventQuery{OldestFirst: true}))
		left := seqs(t, st, store.EventQuery{OldestFirst: true, Purged: true})
		require.Subset(t, []int64{1, 2, 3, 4, 5}, left)
		require.Subset(t, left, []int64{4, 5})
		done, err := st.Purge(t.Context(), store.Purge{Now: noon})
		require.NoError(t, err)
		require.Equal(t, store.Purged{Events: len(left) - 2}, done)
		require.Equal(t, []int64{4, 5}, seqs(t, st, store.EventQuery{OldestFirst: true, Purged: true}))
		unbroken(t, st, 2)
		refused(t, st, store.ErrNotFound, store.PurgeEvents{Through: 3})
		commit(t, st, store.PurgeEvents{Through: 5})
		purge(t, st, store.Purge{}, store.Purged{Events: len(seqs(t, st, store.EventQuery{Purged: true}))})
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
