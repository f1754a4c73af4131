package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
)

func TestAWholeNetworkCannotFillTheAuditEither(t *testing.T) {
	o := newOffice(t)
	flood := func(network string, want int) {
		t.Helper()
		before := o.Count("request.forged")
		for i := range 256 {
			for range 5 {
				o.Forged(ctx, from(fmt.Sprintf(network, i)), "no token")
			}
		}
		require.Equal(t, want, o.Count("request.forged")-before, network)
	}
	flood("2001:db8::%x", 60)          // a /64
	flood("2001:db8:0:ff%02x::1", 240) // a /56
	flood("2001:db8:1:%02x00::1", 700)
	for range 31 {
		o.Forged(ctx, home, "no token")
	}
	require.Equal(t, 1000, o.Count("request.forged"))
	for range 6 {
		_, err := o.Login("Zoe", nonsense)
		require.Error(t, err)
	}
	require.Equal(t, 1, o.Count("signin.limited"), "each kind has its own bound")
	o.Clock.Add(9 * time.Second)
	flood("2001:db8:2:%02x00::1", 1)
	require.Equal(t, 1001, o.Count("request.forged"))
	o.Clock.Add(time.Hour)
	flood("2001:db8:3:%02x00::1", 400)
	require.Equal(t, 1401, o.Count("request.forged"))
}

func TestWhatStrangersFloodIsCountedAndKeepsNoOperatorOut(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	id := o.Identity(ada.Token)
	flood := func() {
		for i := range 1500 {
			o.Malformed(ctx, from(fmt.Sprintf("2001:db8:%x::1", i)), nil, "flood")
		}
	}
	flood()
	require.Equal(t, 1000, o.Count("request.malformed"))
	o.Malformed(ctx, home, id, "an act that the page does not have")
	require.Equal(t, id.Operator.ID, o.Last().ActorID)
	require.Empty(t, o.Last().Detail)

	t.Run("an entry that cannot be stored takes no place, and loses no number", func(t *testing.T) {
		o.Clock.Add(9 * time.Second)
		o.Store.FailMethod("AppendEvent", testoffice.ErrDown)
		for range 3 {
			o.Malformed(ctx, home, nil, "not stored")
		}
		o.Store.FailMethod("AppendEvent", nil)
		o.Malformed(ctx, home, nil, "stored")
		require.Equal(t, []string{"stored", "500"}, []string{o.Last().Reason, o.Last().Detail["left_out"]})
	})
}

func TestRunLogsWhatWasLeftOutIfNoEntryFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		run, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- o.Run(run) }()
		for i := range 1500 {
			o.Malformed(ctx, from(fmt.Sprintf("2001:db8:%x::1", i)), nil, "flood")
		}
		o.Log.Reset()
		pass(3 * time.Second)
		require.NotContains(t, o.Log.String(), "left out")
		o.Clock.Add(15 * time.Minute)
		pass(3 * time.Second)
		require.Equal(t, 1, strings.Count(o.Log.String(), "left out"))
		require.Contains(t, o.Log.String(), `"msg":"audit entries left out","event":"request.malformed","signed_in":false,"left_out":500}`)
		stop()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
}

func TestAResetRequestWritesTheSameForEverybodyIfItsEntryIsLeftOut(t *testing.T) {
	o, _ := crowd(t)
	for i := range 1000 {
		require.NoError(t, o.RequestReset(ctx, from(fmt.Sprintf("2001:db8:%x::1", i)), "zoe@example.org"))
	}
	entries := o.Count("password.reset_requested")
	require.Equal(t, 1000, entries)
	for _, email := range []string{"zoe@example.org", "ada@example.org", "disa@example.org", "norole@example.org", "ivan@example.org"} {
		o.Store.Reset()
		require.NoError(t, o.RequestReset(ctx, home, email))
		var commits []string
		for _, call := range o.Store.Calls() {
			if strings.HasPrefix(call, "Commit") {
				commits = append(commits, call)
			}
		}
		want := "Commit(PutToken, MoveInvitation)"
		if email != "zoe@example.org" {
			want = "Commit(PutToken, MoveInvitation, EnqueueMail)"
		}
		require.Equal(t, []string{want}, commits, email)
	}
	require.Equal(t, entries, o.Count("password.reset_requested"))
	require.Equal(t, 2, strings.Count(o.Dump("operators", "events", "mails", "counters", "sessions", "factors"), "\nreset\n"), "Ada's, and one for nobody")
}
