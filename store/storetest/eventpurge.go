package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// appendAt appends an event for each of the minutes past noon.
func appendAt(t *testing.T, st store.Store, minutes ...int) {
	t.Helper()
	for i, minute := range minutes {
		e := newEvent(fmt.Sprint(i))
		e.At = noon.Add(time.Duration(minute) * time.Minute)
		commit(t, st, store.AppendEvent{Event: e, MAC: chain})
	}
}

func purgeEvents(minute int) store.PurgeEvents {
	return store.PurgeEvents{Before: noon.Add(time.Duration(minute) * time.Minute)}
}

var eventPurgeDuties = []duty{
	{"before the first event both ends are zero, and there is nothing to purge", func(t *testing.T, st store.Store) {
		same(t, store.AuditEnds{}, auditEnds(t, st))
		commit(t, st, purgeEvents(0), store.PurgeEvents{})
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
		refused(t, st, store.ErrNotFound, store.AppendEvent{Event: newEvent("never"), MAC: chain}, purgeEvents(9), consume("nothing", noon))
		same(t, want, auditEnds(t, st))
		handedOut := auditEnds(t, st)
		handedOut.LastMAC[0] = 'x'
		same(t, want, auditEnds(t, st))
	}},
	{"the oldest events go as long as they are old enough, and the first that is not keeps all after it", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1, 2, 2, 5, 3, 1, 9)
		for _, c := range []struct {
			before int
			gone   int64
		}{{0, 0}, {1, 0}, {2, 1}, {3, 3}, {1, 3}, {4, 3}, {5, 3}, {6, 6}, {9, 6}} {
			mac := events(t, st, store.EventQuery{OldestFirst: true})[0].MAC
			for _, e := range events(t, st, store.EventQuery{}) {
				if e.Seq == c.gone {
					mac = e.MAC
				}
			}
			was := auditEnds(t, st)
			commit(t, st, purgeEvents(c.before))
			ends := auditEnds(t, st)
			require.Equal(t, c.gone, ends.PurgedSeq, "before minute %d", c.before)
			require.Equal(t, was.LastMAC, ends.LastMAC)
			if c.gone > was.PurgedSeq {
				require.Equal(t, mac, ends.PurgedMAC)
			} else {
				same(t, was, ends)
			}
			unbroken(t, st, 7-int(c.gone))
		}
	}},
	{"an event at the very time stays, and so do all without a time", func(t *testing.T, st store.Store) {
		appendAt(t, st, 0)
		commit(t, st, store.PurgeEvents{})
		commit(t, st, store.PurgeEvents{Before: noon})
		commit(t, st, store.PurgeEvents{Before: noon.Add(999)})
		unbroken(t, st, 1)
		commit(t, st, store.PurgeEvents{Before: noon.Add(time.Microsecond).In(time.FixedZone("east", 3600))})
		unbroken(t, st, 0)
	}},
	{"the audit goes on after all of it was purged", func(t *testing.T, st store.Store) {
		appendAt(t, st, 1, 2, 3)
		commit(t, st, purgeEvents(4))
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
		old, young := newEvent("old"), newEvent("young")
		young.At = noon.Add(time.Hour)
		commit(t, st, store.AppendEvent{Event: old, MAC: chain}, purgeEvents(5), store.AppendEvent{Event: old, MAC: chain},
			store.AppendEvent{Event: young, MAC: chain}, purgeEvents(5), purgeEvents(5), store.AppendEvent{Event: old, MAC: chain})
		unbroken(t, st, 2)
		require.EqualValues(t, 4, auditEnds(t, st).PurgedSeq)
		require.Equal(t, []int64{5, 6}, seqs(t, st, store.EventQuery{OldestFirst: true}))
	}},
	{"no filter finds a purged event", func(t *testing.T, st store.Store) {
		full := filled[store.Event](t, "full")
		full.At, full.Outcome = noon, "success"
		commit(t, st, store.AppendEvent{Event: full}, store.AppendEvent{Event: full}, store.PurgeEvents{Before: noon.Add(time.Hour)})
		for _, q := range []store.EventQuery{
			{}, {OldestFirst: true}, {Area: full.Area()}, {Code: full.Code}, {Outcome: full.Outcome}, {ActorID: full.ActorID},
			{TargetID: full.TargetID}, {Address: full.Address}, {From: noon}, {Until: noon.Add(time.Hour)}, {BeforeSeq: 2}, {OldestFirst: true, AfterSeq: 1},
		} {
			require.Empty(t, seqs(t, st, q), "%+v", q)
		}
	}},
}
