package backoffice_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
)

// kept is what the store holds but for counters, which may stand too high.
func (o *office) kept() string { return testoffice.Dump(o.mem, "counters") }

// requireCommunity checks that the community does not notice.
func (o *office) requireCommunity() {
	o.t.Helper()
	res, err := o.srv.Client().Get(o.srv.URL + "/")
	require.NoError(o.t, err)
	res.Body.Close()
	require.Equal(o.t, http.StatusOK, res.StatusCode)
}

var errDown = errors.New("connection refused")

func TestTheStoreIsDownFromAnyCallOn(t *testing.T) {
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // There are hundreds of offices to break.
			for n := 1; ; n++ {
				o := newOffice(t)
				b, request := scene(o)
				before, session := o.kept(), b.cookie(sessionCookie)
				o.faults.Reset()
				o.log.Reset()
				for i := n; i < n+100; i++ {
					o.faults.FailAt(i, errDown)
				}
				answer := request()
				calls := o.faults.Calls()
				if len(calls) < n {
					require.Less(t, answer.status, 400, "without a failure it works: %s", answer.text())
					break
				}
				o.requireCommunity()
				o.faults.Reset()
				require.Contains(t, o.log.String(), errDown.Error(), "a log line")
				if calls[n-1] == "Unhit" {
					continue // All is done but giving a try back.
				}
				require.Equal(t, http.StatusServiceUnavailable, answer.status, "%s: %v: %s", name, calls, answer.text())
				require.Equal(t, "30", answer.header.Get("Retry-After"))
				require.Contains(t, answer.body, "</html>", "a calm page")
				require.NotContains(t, answer.body, errDown.Error())
				require.Equal(t, session, b.cookie(sessionCookie), "no session begins or ends")
				require.True(t, before == o.kept(), "%s: no half-done change at %v", name, calls)
			}
		})
	}
}

func TestAStoreThatAnswersTooLate(t *testing.T) {
	for _, name := range []string{"a password", "a code", "a recovery code", "an enrolment", "a reset link", "a step-up"} {
		o := newOffice(t)
		b, request := scenes[name](o)
		session := b.cookie(sessionCookie)
		// The commit happens, and then the connection breaks.
		probe := newOffice(t)
		_, rehearsal := scenes[name](probe)
		probe.faults.Reset()
		rehearsal()
		commit := slices.IndexFunc(probe.faults.Calls(), func(call string) bool { return strings.HasPrefix(call, "Commit(") })
		require.GreaterOrEqual(t, commit, 0, name)
		o.faults.Reset()
		o.faults.FailAfter(commit+1, errDown)
		answer := request()
		require.Equal(t, http.StatusInternalServerError, answer.status, name)
		require.Equal(t, session, b.cookie(sessionCookie), "%s: nobody is signed in by what may not have happened", name)
	}
}

// downMail is a mail server that is not there.
type downMail struct{}

func (downMail) Send(context.Context, mail.Message) error { return errDown }

func TestTheMailServerIsDown(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) { c.Mail = downMail{} })
	ada := o.enrolled("Ada", backoffice.Moderator) // Enrolling sends a mail.
	require.True(t, ada.again().signedIn())
	b := o.browser()
	require.Equal(t, http.StatusOK, b.submit(b.get("/forgot"), "/forgot", "email", ada.Email).status)
	tried, err := o.DeliverMail(ctx)
	require.NoError(t, err)
	require.Positive(t, tried)
	require.Contains(t, o.log.String(), "email not delivered")
	o.clock.Add(2 * time.Minute)
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
		b := o.browser()
		shown := b.get("/login")
		go func() {
			answers <- b.submit(shown, "/login", "login", fmt.Sprint("nobody ", i), "password", wrong)
		}()
	}
	busy := 0
	for range cap(answers) {
		answer := <-answers
		if answer.status == http.StatusServiceUnavailable {
			busy++
			require.NotEmpty(t, answer.header.Get("Retry-After"))
			require.Contains(t, answer.body, "</html>")
		}
	}
	require.Positive(t, busy)
}
