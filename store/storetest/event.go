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
	found, err := st.ListEvents(t.Context(), q)
	require.NoError(t, err)
	return found
}

// chain is a MAC over everything an event holds. It is not a secret one, since
// only the store's part is checked here.
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

// unbroken requires that the audit has so many events, numbered from one, each
// chained to the one before.
func unbroken(t *testing.T, st store.Store, want int) {
	t.Helper()
	var all []store.Event
	q := store.EventQuery{Limit: 500}
	for {
		page := events(t, st, q)
		all = append(all, page...)
		if len(page) < 500 {
			break
		}
		q.BeforeSeq = page[len(page)-1].Seq
	}
	require.Len(t, all, want)
	slices.Reverse(all)
	var previous []byte
	for i, e := range all {
		require.EqualValues(t, i+1, e.Seq, "no gaps")
		bare := e
		bare.MAC = nil
		require.Equal(t, chain(previous, bare), e.MAC, "event %d is chained to the one before", e.Seq)
		previous = e.MAC
	}
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
	{"events are selected by code, actor, target and time together", func(t *testing.T, st store.Store) {
		for i, code := range []string{"a.b", "a.b", "a_b", "A.B", "a.b"} {
			e := newEvent(fmt.Sprint(i))
			e.Code, e.ActorID, e.TargetID = code, fmt.Sprint("actor", i%2), fmt.Sprint("target", i%3)
			e.At = noon.Add(time.Duration(i) * time.Minute)
			commit(t, st, store.AppendEvent{Event: e})
		}
		for _, c := range []struct {
			q    store.EventQuery
			want []int64
		}{
			{store.EventQuery{}, []int64{5, 4, 3, 2, 1}},
			{store.EventQuery{Code: "a.b"}, []int64{5, 2, 1}},
			{store.EventQuery{Code: "a_b"}, []int64{3}},
			{store.EventQuery{Code: "a%"}, nil},
			{store.EventQuery{ActorID: "actor1"}, []int64{4, 2}},
			{store.EventQuery{TargetID: "target0"}, []int64{4, 1}},
			{store.EventQuery{ActorID: "actor0", TargetID: "target0"}, []int64{1}},
			{store.EventQuery{From: noon.Add(time.Minute)}, []int64{5, 4, 3, 2}},
			{store.EventQuery{From: noon.Add(time.Minute + time.Microsecond)}, []int64{5, 4, 3}},
			{store.EventQuery{Until: noon.Add(time.Minute)}, []int64{1}},
			{store.EventQuery{Until: noon.Add(time.Minute + time.Microsecond)}, []int64{2, 1}},
			{store.EventQuery{From: noon, Until: noon}, nil},
			{store.EventQuery{BeforeSeq: 3}, []int64{2, 1}},
			{store.EventQuery{BeforeSeq: 1}, nil},
			{store.EventQuery{BeforeSeq: 99, Limit: 2}, []int64{5, 4}},
			{store.EventQuery{Code: "a.b", BeforeSeq: 5, Limit: 1, From: noon.Add(-time.Hour), Until: noon.Add(time.Hour)}, []int64{2}},
		} {
			var got []int64
			for _, e := range events(t, st, c.q) {
				got = append(got, e.Seq)
			}
			require.Equal(t, c.want, got, "%+v", c.q)
		}
	}},
	{"pages of events are without gaps or repeats, of 50 rows unless asked otherwise", func(t *testing.T, st store.Store) {
		var writes []store.Write
		for _, id := range names("e", 120) {
			writes = append(writes, store.AppendEvent{Event: newEvent(id)})
		}
		commit(t, st, writes...)
		for _, limit := range []int{0, -1, 501, 1, 7, 60, 120, 500} {
			q := store.EventQuery{Limit: limit}
			for want := int64(120); want > 0; {
				page := events(t, st, q)
				require.Len(t, page, int(min(want, int64(store.PageLimit(limit)))))
				for _, e := range page {
					require.Equal(t, want, e.Seq)
					want--
				}
				q.BeforeSeq = page[len(page)-1].Seq
			}
			require.Empty(t, events(t, st, q))
		}
	}},
}
