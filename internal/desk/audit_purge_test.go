package desk_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func TestThePurgeGoesByTheParameterAsTheOfficeSavedIt(t *testing.T) {
	o := staffed(t)
	o.Clock.Add(100 * day)
	purged := func() int64 {
		t.Helper()
		require.NoError(t, o.PurgeAt(ctx, o.Now()))
		v := o.verify()
		require.Zero(t, v.Broken, v.Problem)
		return o.ends().PurgedSeq
	}
	o.Rules(map[string]string{"two_factor.who": "recommended", "audit.keep": "90d"}) // past the office
	require.Zero(t, purged(), "no shorter than what was saved")
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	o.Boss = o.Actor(o.Find(o.Boss.ID))
	_, err := o.save(map[string]string{"audit.keep": "90d"})
	require.NoError(t, err)
	through := purged()
	require.NotZero(t, through)

	o.Clock.Add(100 * day)
	o.Rules(map[string]string{"audit.keep": "365d"})
	require.Equal(t, through, purged(), "but longer")
}

func TestAPurgeStopsAtTheFirstEntryThatIsNotOldEnoughOrDoesNotHold(t *testing.T) {
	o := staffed(t)
	o.fill(600)
	old := o.Last().Seq
	o.Clock.Add(370 * day)
	for name, change := range map[string]func(*store.Event){
		"its time":   func(e *store.Event) { e.At = e.At.Add(-time.Hour) },
		"its detail": func(e *store.Event) { e.Detail = nil },
		"its hash":   func(e *store.Event) { e.MAC = []byte("guess") },
	} {
		changed := tampered{Store: o.Under, rows: func(rows []store.Event) []store.Event { change(&rows[549]); return rows }}
		require.ErrorContains(t, o.Over(changed).PurgeAt(ctx, o.Now()), "entry 550 was changed", name)
	}
	require.Zero(t, o.ends().PurgedSeq)

	// A clock that was behind makes no entry older than one before it.
	o.fill(1)
	o.Clock.Add(-10 * day)
	o.fill(3)
	o.Clock.Add(10*day + time.Minute)
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	require.Equal(t, old, o.ends().PurgedSeq)
	e := o.Last()
	require.Equal(t, "audit.purged", e.Code)
	before, err := time.Parse(time.RFC3339Nano, e.Detail["before"])
	require.NoError(t, err)
	newest, err := time.Parse(time.RFC3339Nano, e.Detail["newest"])
	require.NoError(t, err)
	require.Equal(t, o.Now().Add(-365*day), before)
	require.True(t, newest.Before(before))
	require.Zero(t, o.verify().Broken)
}

func TestAPurgeNeedsNoSecretThatIsGoneForEntriesBeforeOthers(t *testing.T) {
	o := staffed(t)
	o.fill(5)
	o.rotate(1, 0)
	o.fill(5)
	o.rotate(1)
	o.Clock.Add(370 * day)
	o.fill(1)
	last := o.Last().Seq
	require.Equal(t, int64(1), o.verify().Broken, "they cannot be verified")
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	require.Equal(t, last-1, o.ends().PurgedSeq)
	require.Zero(t, o.verify().Broken)
}

// purgeBy takes entries out of the log and records a purge that may be false, as only
// someone with the master secret can.
func (o *office) purgeBy(through int64, said map[string]string) {
	entry := o.Audit(desk.Visit{}, "audit.purged", desk.Success).System()
	for name, value := range said {
		entry.With(name, value)
	}
	require.NoError(o.T, o.Commit(ctx, store.PurgeEvents{Through: through, Seal: func(_, after store.AuditEnds) ([]byte, error) {
		return o.sealBy(0, after, 0), nil
	}}, entry.Write()))
}

func TestVerificationRefusesAPurgeOfEntriesThatTheOfficeKeeps(t *testing.T) {
	for name, c := range map[string]struct {
		before, newest time.Duration // ago
		intact, left   bool
	}{
		"as the office purges":                       {90 * day, 91 * day, true, true},
		"of entries that are younger":                {89 * day, 91 * day, false, false},
		"of entries that are not older than it says": {90 * day, 90 * day, false, false},
		"of others than it says":                     {150 * day, 151 * day, false, true},
	} {
		o := staffed(t)
		o.fill(5)
		all := o.Events()
		o.Clock.Add(120 * day)
		o.purgeBy(4, map[string]string{
			"through": "4",
			"before":  o.Now().Add(-c.before).Format(time.RFC3339Nano),
			"newest":  o.Now().Add(-c.newest).Format(time.RFC3339Nano),
		})
		var st store.Store = o.Under
		if c.left { // and are not deleted yet
			st = tampered{Store: o.Under, rows: func(rows []store.Event) []store.Event { return slices.Concat(all[2:4], rows) }}
		}
		v, err := o.Over(st).VerifyAudit(ctx, desk.CommandLine(), home, "")
		require.NoError(t, err)
		require.Equal(t, c.intact, v.Broken == 0, "%s: %s", name, v.Problem)
	}
	o := staffed(t)
	o.purgeBy(1, map[string]string{"through": "1"})
	require.NotZero(t, o.verify().Broken, "it says nothing")
}

func TestNothingIsDeletedThatOnlyTheDatabaseSaysIsPurged(t *testing.T) {
	o := staffed(t)
	o.fill(5)
	all := o.Events()
	st := tampered{Store: o.Store, ends: func(e *store.AuditEnds) { e.PurgedSeq, e.PurgedMAC = 3, all[2].MAC }}
	through := int64(-1)
	require.ErrorContains(t, o.Over(purges{st, &through}).PurgeAt(ctx, o.Now()), "nothing is deleted")
	require.Zero(t, through)
	require.NoError(t, o.Over(purges{o.Store, &through}).PurgeAt(ctx, o.Now().Add(400*day)))
	require.EqualValues(t, len(all), through)
}

// purges notes up to where it was told to delete.
type purges struct {
	store.Store
	through *int64
}

func (p purges) Purge(ctx context.Context, q store.Purge) (store.Purged, error) {
	*p.through = q.EventsThrough
	return p.Store.Purge(ctx, q)
}

func TestAPurgeThatAnotherReplicaOvertakesIsNotTakenForTampering(t *testing.T) {
	o := staffed(t)
	o.fill(3)
	o.Clock.Add(100 * day)
	o.fill(2)
	o.Clock.Add(400 * day)
	d := o.While("ListEvents", func() { require.NoError(t, o.PurgeAt(ctx, o.Now().Add(-100*day))) })
	require.NoError(t, d.PurgeAt(ctx, o.Now()))
	require.NotZero(t, o.ends().PurgedSeq)
	require.Zero(t, o.verify().Broken)
}
