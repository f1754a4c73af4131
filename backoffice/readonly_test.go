package backoffice_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

// takeNoWrites makes the database read-only until the next Reset.
func (o *office) takeNoWrites() {
	for _, method := range []string{"Commit", "Hit", "Unhit", "TouchSession", "ClaimMail", "Purge"} {
		o.Store.FailMethod(method, store.ErrReadOnly)
	}
}

func TestADatabaseThatTakesNoWrites(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	ben := o.Enrolled("Ben", backoffice.Moderator)
	o.Clock.Add(time.Minute) // so that each session would be touched
	begun := o.Browser()
	begun.Follow(begun.Login("Ben", good))
	form, login := ada.Get("/operators/"+ben.ID+"/name"), o.Browser()
	signIn := login.Get("/login")
	o.Clock.Add(time.Minute)
	o.Store.Reset()
	o.takeNoWrites()
	before := o.kept()

	for _, r := range pages.Routes() {
		if r.Method != http.MethodGet || r.SignedOut || r.Path == "/logout" {
			continue
		}
		path := strings.NewReplacer("{$}", "", "{id}", ben.ID, "{section}", "passwords", "{name}", "session.idle").Replace(r.Path)
		status := ada.Get(path).Status
		require.Contains(t, []int{http.StatusOK, http.StatusSeeOther, http.StatusNotFound}, status, path)
	}
	for _, path := range []string{"/operators/" + ben.ID, "/parameters/passwords", "/parameters/history/session.idle", "/search?q=ben", "/audit?person=Ben", "/account?kept=x"} {
		require.Equal(t, http.StatusOK, ada.Get(path).Status, path)
	}
	require.Equal(t, http.StatusForbidden, ben.Get("/audit").Status, "a refusal stays one, although it cannot be audited")

	for what, answer := range map[string]page{
		"saving":                       ada.Submit(form, "/operators/"+ben.ID+"/name", "name", "Benjamin"),
		"signing in":                   login.Submit(signIn, "/login", "login", "Ben", "password", good),
		"the second step":              begun.Submit(begun.Get("/login/code"), "/login/code", "code", o.Code(ben.Secret)),
		"asking for links":             login.Submit(login.Get("/forgot"), "/forgot", "email", ben.Email),
		"signing out":                  ben.Submit(ben.Get("/account"), "/logout"),
		"a test email":                 ada.Get(o.arrival(ada.ID)),
		"the checklist":                ada.Submit(ada.Get("/"), "/", "action", "hide"),
		"signing out to follow a link": ben.Submit(ben.Get("/welcome"), "/welcome", "token", "x", "action", "sign-out"),
	} {
		require.Equal(t, http.StatusServiceUnavailable, answer.Status, what)
		require.Equal(t, "10", answer.Header.Get("Retry-After"), what)
		require.Contains(t, answer.Body, "Nothing can be saved right now", what)
	}
	require.True(t, before == o.kept(), "nothing was changed")

	o.Store.Reset()
	require.Equal(t, http.StatusSeeOther, ada.Submit(form, "/operators/"+ben.ID+"/name", "name", "Benjamin").Status, "nothing is to be done by hand")
}

func TestNobodyIsKeptOutBecauseNothingCouldBeSaved(t *testing.T) {
	o := newOffice(t)
	ben := o.Enrolled("Ben", backoffice.Moderator)
	second := o.Browser()
	passed := second.Follow(second.Login("Ben", good))
	// Attempts are still counted, and then nothing else can be saved: a disk that
	// is all but full.
	o.Store.FailMethod("Commit", store.ErrReadOnly)
	b := o.Browser()
	form := b.Get("/login")
	for i := range 20 {
		require.Equal(t, http.StatusServiceUnavailable, b.Submit(form, "/login", "login", "Ben", "password", good).Status)
		require.Equal(t, http.StatusServiceUnavailable, second.Submit(passed, "/login/code", "code", o.Code(ben.Secret)).Status)
		want := http.StatusUnprocessableEntity
		if i >= 5 {
			want = http.StatusServiceUnavailable
		}
		require.Equal(t, want, b.Submit(form, "/login", "login", "Nobody", "password", good).Status)
	}
	o.Store.Reset()
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error)
	go func() { ran <- o.Office.Run(ctx) }()
	for status := 0; status != http.StatusSeeOther; status = second.Submit(passed, "/login/code", "code", o.Code(ben.Secret)).Status {
		require.Contains(t, []int{0, http.StatusServiceUnavailable}, status)
		time.Sleep(time.Millisecond)
	}
	stop()
	require.ErrorIs(t, <-ran, context.Canceled)
	b.Submit(form, "/login", "login", "Nobody", "password", good) // takes back what is left
	require.Equal(t, http.StatusTooManyRequests, b.Submit(form, "/login", "login", "Nobody", "password", good).Status, "wrong ones stay counted")
	require.Equal(t, http.StatusSeeOther, b.Submit(form, "/login", "login", "Ben", "password", good).Status)
}

func TestWhatCouldNotBeSavedTellsStrangersNothing(t *testing.T) {
	o := newOffice(t)
	o.Person("Ben", backoffice.Moderator)
	b := o.Browser()
	form := b.Get("/login")
	post := func(login, password string) int {
		return b.Submit(form, "/login", "login", login, "password", password).Status
	}
	o.Store.FailMethod("Commit", store.ErrReadOnly)
	require.Equal(t, http.StatusServiceUnavailable, post("Ben", good))
	var ben, nobody []int
	for range 8 {
		ben, nobody = append(ben, post("Ben", wrong)), append(nobody, post("Nobody", wrong))
	}
	require.Equal(t, nobody, ben, "nor who was right")
	require.Equal(t, http.StatusServiceUnavailable, nobody[7])

	// This process does no periodic work.
	o.Store.Reset()
	require.Equal(t, http.StatusServiceUnavailable, post("Nobody", wrong))
	require.Equal(t, http.StatusTooManyRequests, post("Nobody", wrong))
	require.Equal(t, http.StatusTooManyRequests, post("Ben", wrong))

	o.Clock.Add(24 * time.Hour)
	o.Store.FailMethod("Commit", store.ErrReadOnly)
	require.Equal(t, http.StatusServiceUnavailable, post("Ben", good))
	o.Clock.Add(15 * time.Minute)
	for range 5 {
		require.Equal(t, http.StatusUnprocessableEntity, post("Nobody", wrong))
	}
	require.Equal(t, http.StatusTooManyRequests, post("Nobody", wrong), "nothing is owed for longer than it counts")
}

func TestOnlyTheErrorDecidesWhoseFaultItIs(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	for err, status := range map[error]int{
		errDown:              http.StatusServiceUnavailable,
		errors.New("broken"): http.StatusInternalServerError,
	} {
		o.Store.Reset()
		o.Store.FailMethod("ListMails", err)
		answer := ada.Get("/mail")
		require.Equal(t, status, answer.Status)
		require.Equal(t, status == http.StatusServiceUnavailable, answer.Header.Get("Retry-After") != "")
		want := []string{"FindSession", "ListMails"}
		if status == http.StatusInternalServerError {
			want = append(want, "Commit(AppendEvent)") // a fault of the office is audited
		}
		require.Equal(t, want, o.Store.Calls(), "the store is not asked how it is")
	}
}
