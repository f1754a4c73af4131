package backoffice_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// heard collects events, as a host would.
type heard struct {
	mu     sync.Mutex
	events []store.Event
	// each is called with every event, too.
	each func(context.Context, store.Event)
}

func (h *heard) OnEvent(ctx context.Context, e store.Event) {
	h.mu.Lock()
	h.events = append(h.events, e)
	each := h.each
	h.mu.Unlock()
	if each != nil {
		each(ctx, e)
	}
}

func (h *heard) all() []store.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.events)
}

func TestTheHostHearsEveryAuditRowOnceItIsCommitted(t *testing.T) {
	h := &heard{}
	o := newOffice(t, withMembers, func(c *backoffice.Config) { c.OnEvent = h.OnEvent })
	h.each = func(_ context.Context, e store.Event) {
		stored, err := o.Mem.ListEvents(ctx, store.EventQuery{OldestFirst: true, AfterSeq: e.Seq - 1, Limit: 1})
		require.NoError(t, err)
		require.Len(t, stored.Rows, 1, "%s is stored before it is told", e.Code)
		require.Equal(t, stored.Rows[0].ID, e.ID)
	}
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	ada.Again()
	o.Browser().Login("nobody", wrong)
	require.NoError(t, o.CommandLine().Grant(ctx, "m-mel", backoffice.Moderator))
	require.NoError(t, o.CommandLine().Disable(ctx, "Mel", "left"))
	require.NoError(t, o.EndMemberSessions(ctx, "m-mel"))
	ada.Get("/operators/nobody")

	told, stored := h.all(), o.Events()
	for i := range stored {
		stored[i].MAC = nil
	}
	require.Equal(t, "alias.generated", told[0].Code, "New tells, too")
	require.Equal(t, stored, told, "all of them, in order, and none twice")
}

func TestARowThatWasNotCommittedIsNotTold(t *testing.T) {
	h := &heard{}
	o := newOffice(t, func(c *backoffice.Config) { c.OnEvent = h.OnEvent })
	o.Person("Bob", backoffice.Moderator)
	o.Person("Ada", backoffice.SuperAdministrator)
	before := len(h.all())
	o.Store.Reset()
	for n := 1; n < 20; n++ {
		o.Store.FailAt(n, errDown)
	}
	require.Error(t, o.CommandLine().Disable(ctx, "Bob", ""))
	require.Len(t, h.all(), before)
	o.Store.Reset()
	require.ErrorIs(t, o.CommandLine().Disable(ctx, "Ada", ""), backoffice.ErrLastSuperAdministrator)
	require.Len(t, h.all(), before)
}

func TestAHostThatPanicsOnAnEventBreaksNothing(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.OnEvent = func(context.Context, store.Event) { panic("out of paper") }
	})
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	require.True(t, ada.SignedIn())
	require.Contains(t, o.Log.String(), `"msg":"panic in OnEvent"`)
	require.Contains(t, o.Log.String(), "out of paper")
	require.Equal(t, 1, o.Count("signin.succeeded"))
}

func TestTheHostMayChangeWhatItIsToldAndAskTheOfficeBack(t *testing.T) {
	h := &heard{}
	o := newOffice(t, func(c *backoffice.Config) { c.OnEvent = h.OnEvent })
	o.Person("Ada", backoffice.SuperAdministrator)
	o.Person("Bob", backoffice.Moderator)
	h.each = func(_ context.Context, e store.Event) {
		if e.Detail != nil {
			e.Detail["roles"] = "none of your business"
		}
		if e.Code == "operator.disabled" {
			require.NoError(t, o.CommandLine().ResetTwoFactor(ctx, e.TargetID, "left"))
		}
	}
	require.NoError(t, o.CommandLine().Disable(ctx, "Bob", ""))
	events := o.Events()
	require.Equal(t, "two_factor.reset", events[len(events)-1].Code)
	for _, e := range events {
		require.NotContains(t, e.Detail, "roles", "the audit is not theirs to change")
	}
}

func TestParametersMayBeAskedForOnAnyEvent(t *testing.T) {
	h := &heard{}
	o := newOffice(t, func(c *backoffice.Config) { c.OnEvent = h.OnEvent })
	h.each = func(_ context.Context, e store.Event) {
		if e.Code == "parameters.invalid" {
			_, err := o.RotateAlias(ctx) // which reads them, and takes the lock
			require.NoError(t, err)
		}
	}
	o.Set(map[string]string{"session.idle": "never"})
	o.Browser().Get("/login")
	require.Equal(t, 1, o.Count("alias.changed"))
}

func TestHangingUpDoesNotReachTheSubscriber(t *testing.T) {
	h := &heard{}
	o := newOffice(t, func(c *backoffice.Config) { c.OnEvent = h.OnEvent })
	o.Person("Bob", backoffice.Moderator)
	type key struct{}
	hungUp, cancel := context.WithCancel(context.WithValue(ctx, key{}, "trace"))
	var got context.Context
	h.each = func(ctx context.Context, _ store.Event) { cancel(); got = ctx }
	require.NoError(t, o.CommandLine().Disable(hungUp, "Bob", ""))
	require.NoError(t, got.Err())
	require.Equal(t, "trace", got.Value(key{}))
}

func TestAFollowerReadsEveryEventOfEveryReplicaOnce(t *testing.T) {
	o := newOffice(t, withMembers)
	replica := o.Another()
	var seen []store.Event
	follow := func() {
		for {
			var after int64
			if len(seen) > 0 {
				after = seen[len(seen)-1].Seq
			}
			events, err := o.CommandLine().Events(ctx, after, 2)
			require.NoError(t, err)
			if len(events) == 0 {
				return
			}
			require.LessOrEqual(t, len(events), 2)
			seen = append(seen, events...)
		}
	}
	follow()
	require.NoError(t, replica.CommandLine().Grant(ctx, "m-mel", backoffice.Moderator))
	require.NoError(t, o.CommandLine().Disable(ctx, "Mel", "left"))
	require.NoError(t, replica.CommandLine().Enable(ctx, "Mel"))
	follow()
	follow()
	require.Equal(t, o.Events(), seen)
	for i, e := range seen {
		require.Equal(t, int64(i+1), e.Seq)
	}
}

func TestEventsAreForWhoMayReadTheAudit(t *testing.T) {
	o := newOffice(t)
	run := onPage(o)
	ada, mod := o.Enrolled("Ada", backoffice.Administrator), o.Enrolled("Mod", backoffice.Moderator)
	run(ada.Browser, func(ctx context.Context) {
		events, err := o.Office.Events(ctx, 0, 500)
		require.NoError(t, err)
		require.Equal(t, o.Events(), events)
	})
	run(mod.Browser, func(ctx context.Context) {
		_, err := o.Office.Events(ctx, 0, 500)
		require.ErrorIs(t, err, backoffice.ErrForbidden)
	})
	_, err := o.Office.Events(ctx, 0, 500)
	require.ErrorIs(t, err, backoffice.ErrSignedOut)
}

func TestEventCodesAreTheHostsOwnCopy(t *testing.T) {
	codes := backoffice.EventCodes()
	require.NotEmpty(t, codes["operator.disabled"])
	clear(codes)
	require.NotEmpty(t, backoffice.EventCodes()["operator.disabled"])
}
