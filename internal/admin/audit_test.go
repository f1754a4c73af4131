package desk_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// fill writes n events.
func (o *office) fill(n int) {
	for i := range n {
		w := o.Audit(visit, "mail.tested", desk.Success).Actor(o.boss).With("n", strconv.Itoa(i)).Write()
		require.NoError(o.t, o.Commit(ctx, w))
	}
}

// allEvents are all of the audit, oldest first.
func (o *office) allEvents() []store.Event {
	var all []store.Event
	q := store.EventQuery{OldestFirst: true, Limit: 500}
	for {
		page, err := o.mem.ListEvents(ctx, q)
		require.NoError(o.t, err)
		all = append(all, page.Rows...)
		if q.AfterSeq = page.Next; page.Next == 0 {
			return all
		}
	}
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
		{"an address", store.EventQuery{IP: "198.51.100.9"}, 1},
		{"from a time", store.EventQuery{Area: "signin", From: began.Add(time.Second)}, 2},
		{"until a time", store.EventQuery{Area: "signin", Until: began.Add(time.Second)}, 1},
		{"two at once", store.EventQuery{TargetID: grace.ID, Outcome: desk.Success}, 1},
		{"nothing", store.EventQuery{Code: "no.such"}, 0},
		{"what cannot be looked up", store.EventQuery{TargetID: "\x00"}, 0},
		{"what is not text", store.EventQuery{IP: "\xff"}, 0},
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
		_, err := o.VerifyAudit(ctx, o.boss, visit, "")
		require.NoError(t, err)
	}
	require.ErrorAs(t, export(o.boss), &limited)
	_, err := o.VerifyAudit(ctx, o.boss, visit, "")
	require.ErrorAs(t, err, &limited)
	other := o.signIn(o.person("Other", desk.RoleAdministrator))
	require.NoError(t, export(other))
	for _, seq := range []int64{0, -1, 1 << 62, 1<<63 - 1} {
		_, err := o.AuditEvent(ctx, o.boss, seq)
		require.ErrorIs(t, err, desk.ErrNotFound)
	}
}
