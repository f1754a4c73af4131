package backoffice_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
)

// kept is what the store holds but for counters, which may stand too high.
func (o *office) kept() string { return o.Dump("counters", "answers") }

// requireCommunity checks that the community does not notice.
func (o *office) requireCommunity() {
	o.T.Helper()
	res, err := o.Server.Client().Get(o.Server.URL + "/")
	require.NoError(o.T, err)
	res.Body.Close()
	require.Equal(o.T, http.StatusOK, res.StatusCode)
}

func TestTheStoreIsDownFromAnyCallOn(t *testing.T) {
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // There are hundreds of offices to break.
			for n := 1; ; n++ {
				o := newOffice(t)
				b, request := scene(o)
				before, session := o.kept(), b.Cookie(sessionCookie)
				o.Store.Reset()
				o.Log.Reset()
				for i := n; i < n+100; i++ {
					o.Store.FailAt(i, errDown)
				}
				answer := request()
				calls := o.Store.Calls()
				if len(calls) < n {
					require.Less(t, answer.Status, 400, "without a failure it works: %s", answer.Text())
					break
				}
				o.requireCommunity()
				o.Store.Reset()
				require.Contains(t, o.Log.String(), errDown.Error(), "a log line")
				if last := calls[n-1]; last == "Commit(Unhit)" || last == "SettleAnswer" && answer.Status < 400 {
					continue // All is done but giving a try back, or keeping the answer.
				}
				require.Equal(t, http.StatusServiceUnavailable, answer.Status, "%s: %v: %s", name, calls, answer.Text())
				require.Equal(t, "10", answer.Header.Get("Retry-After"))
				require.Contains(t, answer.Body, "</html>", "a calm page")
				require.NotContains(t, answer.Body, errDown.Error())
				require.Equal(t, session, b.Cookie(sessionCookie), "no session begins or ends")
				require.True(t, before == o.kept(), "%s: no half-done change at %v", name, calls)
			}
		})
	}
}

func TestAStoreThatAnswersTooLate(t *testing.T) {
	for _, name := range []string{"a password", "a code", "a recovery code", "an enrolment", "a reset link", "a step-up"} {
		o := newOffice(t)
		b, request := scenes[name](o)
		session := b.Cookie(sessionCookie)
		// The commit happens, and then the connection breaks.
		probe := newOffice(t)
		_, rehearsal := scenes[name](probe)
		probe.Store.Reset()
		rehearsal()
		commit := slices.IndexFunc(probe.Store.Calls(), func(call string) bool { return strings.HasPrefix(call, "Commit(") })
		require.GreaterOrEqual(t, commit, 0, name)
		o.Store.Reset()
		o.Store.FailAfter(commit+1, errDown)
		answer := request()
		require.Equal(t, http.StatusServiceUnavailable, answer.Status, name)
		require.Contains(t, answer.Text(), "either saved in full or not at all", name)
		require.Equal(t, session, b.Cookie(sessionCookie), "%s: nobody is signed in by what may not have happened", name)
	}
}

// downMail is a mail server that is not there.
type downMail struct{}

func (downMail) Send(context.Context, mail.Message) error { return errDown }

func TestTheMailServerIsDown(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) { c.Mail = downMail{} })
	ada := o.Enrolled("Ada", backoffice.Moderator) // Enrolling sends a mail.
	require.True(t, ada.Again().SignedIn())
	b := o.Browser()
	require.Equal(t, http.StatusOK, b.Submit(b.Get("/forgot"), "/forgot", "email", ada.Email).Status)
	tried, err := o.DeliverMail(ctx)
	require.NoError(t, err)
	require.Positive(t, tried)
	require.Contains(t, o.Log.String(), "email not delivered")
	o.Clock.Add(2 * time.Minute)
	again, err := o.DeliverMail(ctx)
	require.NoError(t, err)
	require.Equal(t, tried, again, "they are tried again")
}

func TestAPasswordQueueThatIsFull(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.PasswordHashing = password.Config{Concurrency: 1, Queue: -1} // and at its full cost
	})
	answers := make(chan page, 8)
	for i := range cap(answers) {
		b := o.Browser()
		shown := b.Get("/login")
		go func() {
			answers <- b.Submit(shown, "/login", "login", fmt.Sprint("nobody ", i), "password", wrong)
		}()
	}
	busy := 0
	for range cap(answers) {
		answer := <-answers
		if answer.Status == http.StatusServiceUnavailable {
			busy++
			require.NotEmpty(t, answer.Header.Get("Retry-After"))
			require.Contains(t, answer.Body, "</html>")
		}
	}
	require.Positive(t, busy)
}
