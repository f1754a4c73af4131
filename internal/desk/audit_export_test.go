package desk_test

import (
	"errors"
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
		w := o.Audit(home, "mail.tested", desk.Success).Actor(o.Boss).With("n", strconv.Itoa(i)).Write()
		require.NoError(o.T, o.Commit(ctx, w))
	}
}

func TestAnExportSelectsAsTheListDoes(t *testing.T) {
	o := staffed(t)
	grace := o.Person("Grace", desk.RoleModerator)
	began := o.Now()
	o.fill(1100)
	o.Clock.Add(time.Minute)
	elsewhere := home
	elsewhere.IP = "198.51.100.9"
	_, err := o.SignIn(ctx, elsewhere, desk.SignInForm{Login: "Grace", Password: "wrong"})
	require.Error(t, err)
	o.Entered(grace)
	for _, c := range []struct {
		name string
		q    store.EventQuery
		want int
	}{
		{"everything", store.EventQuery{}, len(o.Events()) + 1}, // and that it is exported
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
		require.NoError(t, o.ExportAudit(ctx, desk.CommandLine(), home, c.q, "", func(e store.Event) error {
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
		newest, err := o.AuditEvent(ctx, o.Boss, int64(len(o.Events())))
		require.NoError(t, err)
		require.Equal(t, "audit.exported", newest.Code)
		o.Clock.Add(time.Minute)
	}
}

func TestExportsAndChecksAreBoundedPerOperator(t *testing.T) {
	o := staffed(t)
	limited := (*desk.LimitedError)(nil)
	export := func(a desk.Actor) error {
		return o.ExportAudit(ctx, a, home, store.EventQuery{}, "", func(store.Event) error { return nil })
	}
	for range 20 {
		require.NoError(t, export(o.Boss))
		_, err := o.VerifyAudit(ctx, o.Boss, home, "")
		require.NoError(t, err)
	}
	require.ErrorAs(t, export(o.Boss), &limited)
	_, err := o.VerifyAudit(ctx, o.Boss, home, "")
	require.ErrorAs(t, err, &limited)
	other := o.Actor(o.Person("Other", desk.RoleAdministrator))
	require.NoError(t, export(other))
	for _, seq := range []int64{0, -1, 1 << 62, 1<<63 - 1} {
		_, err := o.AuditEvent(ctx, o.Boss, seq)
		require.ErrorIs(t, err, desk.ErrNotFound)
	}
}

func TestAnExportHoldsWhatTheFilterSelectsAndIsAuditedItself(t *testing.T) {
	o := staffed(t)
	var codes []string
	require.NoError(t, o.ExportAudit(ctx, o.Boss, home, store.EventQuery{Area: "signin"}, "", func(e store.Event) error {
		codes = append(codes, e.Code)
		return nil
	}))
	require.Equal(t, []string{"signin.succeeded"}, codes)
	require.Equal(t, "audit.exported", o.Codes()[0])
	stop := errors.New("gone away")
	require.ErrorIs(t, o.ExportAudit(ctx, o.Boss, home, store.EventQuery{}, "", func(store.Event) error { return stop }), stop)
}
