package backoffice_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

func TestARunningHandlerAsksWhoIsStillSignedIn(t *testing.T) {
	yes := func(t *testing.T, _ backoffice.Operator, err error) { t.Helper(); require.NoError(t, err) }
	signedOut := func(t *testing.T, op backoffice.Operator, err error) {
		t.Helper()
		require.ErrorIs(t, err, backoffice.ErrSignedOut)
		require.Equal(t, backoffice.Operator{}, op)
	}
	for name, c := range map[string]struct {
		change func(t *testing.T, o *office, r *rule, ben *person)
		then   func(*testing.T, backoffice.Operator, error)
	}{
		"nothing has happened": {func(*testing.T, *office, *rule, *person) {}, yes},
		"they gave up a role": {func(_ *testing.T, o *office, _ *rule, ben *person) {
			o.Change(ben.ID, func(op *store.Operator) { op.Roles = nil })
		}, func(t *testing.T, op backoffice.Operator, err error) {
			require.NoError(t, err)
			require.Equal(t, []string{backoffice.Moderator}, op.Roles)
			require.True(t, op.Can("posts.delete"))
			require.False(t, op.Can("analytics.view"))
		}},
		"they lost their last role": {func(_ *testing.T, o *office, _ *rule, ben *person) {
			o.Change(ben.ID, func(op *store.Operator) { op.PrimaryRole, op.Roles = "", nil })
		}, signedOut},
		"they were renamed": {func(_ *testing.T, o *office, _ *rule, ben *person) {
			o.Change(ben.ID, func(op *store.Operator) { op.Name, op.NameKey = "Benno", "benno" })
		}, func(t *testing.T, op backoffice.Operator, err error) {
			require.NoError(t, err)
			require.Equal(t, "Benno", op.Name)
		}},
		"they were disabled": {func(_ *testing.T, o *office, _ *rule, ben *person) {
			o.Change(ben.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
		}, signedOut},
		"their session was ended": {func(_ *testing.T, o *office, _ *rule, ben *person) {
			o.Write(store.EndSessions{OperatorID: ben.ID, All: true})
		}, signedOut},
		"another of theirs was ended": {func(t *testing.T, o *office, _ *rule, ben *person) {
			other := ben.Again()
			require.Equal(t, http.StatusSeeOther, other.Submit(other.Get("/account"), "/logout").Status)
		}, yes},
		"they signed out": {func(t *testing.T, _ *office, _ *rule, ben *person) {
			require.Equal(t, http.StatusSeeOther, ben.Submit(ben.Get("/account"), "/logout").Status)
		}, signedOut},
		"they signed out and in again": {func(t *testing.T, _ *office, _ *rule, ben *person) {
			ben.Submit(ben.Get("/account"), "/logout")
			ben.Again()
		}, signedOut},
		"they did nothing for too long": {func(_ *testing.T, o *office, _ *rule, _ *person) { o.Clock.Add(31 * time.Minute) }, signedOut},
		"they went on in another tab": {func(t *testing.T, o *office, _ *rule, ben *person) {
			o.Clock.Add(29 * time.Minute)
			require.True(t, ben.SignedIn())
			o.Clock.Add(29 * time.Minute)
		}, yes},
		"they confirmed who they are in another tab": {func(t *testing.T, o *office, _ *rule, ben *person) {
			o.Clock.Add(6 * time.Minute)
			require.Equal(t, "/", ben.Submit(ben.Get("/step-up"), "/step-up", "password", good, "code", o.Code(ben.Secret)).Location)
		}, yes},
		"they did so, and then signed out": {func(t *testing.T, o *office, _ *rule, ben *person) {
			o.Clock.Add(6 * time.Minute)
			require.Equal(t, "/", ben.Submit(ben.Get("/step-up"), "/step-up", "password", good, "code", o.Code(ben.Secret)).Location)
			ben.Submit(ben.Get("/account"), "/logout")
		}, signedOut},
		"they must change their password": {func(_ *testing.T, o *office, _ *rule, ben *person) {
			o.Change(ben.ID, func(op *store.Operator) { op.MustChangePassword = true })
		}, signedOut},
		"they have no second factor now": {func(_ *testing.T, o *office, _ *rule, ben *person) {
			o.Write(store.RemoveFactors{OperatorID: ben.ID, All: true})
		}, signedOut},
		"their network is refused": {func(_ *testing.T, o *office, _ *rule, _ *person) {
			o.Set(map[string]string{"signin.networks": "198.51.100.0/24"})
		}, signedOut},
		"the host's rule refuses them": {func(_ *testing.T, _ *office, r *rule, _ *person) { r.refuses() }, func(t *testing.T, _ backoffice.Operator, err error) {
			require.EqualError(t, err, backoffice.Refuse("Come to the office.").Error())
		}},
		"the host's rule asks for a step-up": {func(_ *testing.T, o *office, r *rule, _ *person) {
			o.Clock.Add(6 * time.Minute)
			r.is(func(backoffice.Access) error { return backoffice.ErrStepUp })
		}, func(t *testing.T, _ backoffice.Operator, err error) { require.ErrorIs(t, err, backoffice.ErrStepUp) }},
		"the store is down after a step-up": {func(_ *testing.T, o *office, _ *rule, ben *person) {
			o.Clock.Add(6 * time.Minute)
			ben.Submit(ben.Get("/step-up"), "/step-up", "password", good, "code", o.Code(ben.Secret))
			o.Store.FailMethod("ListSessions", errDown)
		}, func(t *testing.T, _ backoffice.Operator, err error) {
			require.ErrorIs(t, err, errDown)
			require.NotErrorIs(t, err, backoffice.ErrSignedOut)
		}},
		"the office moved to another alias": {func(t *testing.T, o *office, _ *rule, _ *person) {
			_, err := o.RotateAlias(ctx)
			require.NoError(t, err)
		}, yes},
		"the store is down": {func(_ *testing.T, o *office, _ *rule, _ *person) { o.Store.FailMethod("FindSession", errDown) }, func(t *testing.T, _ backoffice.Operator, err error) {
			require.ErrorIs(t, err, errDown)
			require.NotErrorIs(t, err, backoffice.ErrSignedOut)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o, r := ruled(t)
			running, going := make(chan context.Context), make(chan bool)
			o.Inside.HandleFunc("/live", func(_ http.ResponseWriter, r *http.Request) {
				running <- r.Context()
				<-going
			})
			ben := o.Enrolled("Ben", backoffice.Moderator, backoffice.CommunityManager)
			live := to(ben, http.MethodGet, "/live")
			go func() {
				o.Server.Config.Handler.ServeHTTP(httptest.NewRecorder(), live)
				running <- nil
			}()
			stream := <-running
			op, err := backoffice.StillSignedIn(stream)
			require.NoError(t, err)
			require.Equal(t, "Ben", op.Name)
			require.True(t, op.Can("analytics.view"))

			c.change(t, o, r, ben)
			seen := o.SessionsOf(ben.ID)
			op, err = backoffice.StillSignedIn(stream)
			c.then(t, op, err)
			for i, now := range o.SessionsOf(ben.ID) {
				require.Equal(t, seen[i].SeenAt, now.SeenAt, "asking does not keep a session alive")
			}
			o.Store.Reset()
			again, second := backoffice.StillSignedIn(stream)
			require.Equal(t, err == nil || errors.Is(err, errDown), second == nil, "asked twice")
			if err == nil {
				require.Equal(t, op.Roles, again.Roles)
				require.Equal(t, []string{"FindSession"}, o.Store.Calls(), "one read, of whatever token the session has now")
			}
			going <- true
			<-running
			_, late := backoffice.StillSignedIn(context.WithoutCancel(stream))
			require.Equal(t, second == nil, late == nil, "a goroutine that outlives the handler can ask")
		})
	}
	_, err := backoffice.StillSignedIn(ctx)
	require.ErrorIs(t, err, backoffice.ErrSignedOut, "outside the office")
}
