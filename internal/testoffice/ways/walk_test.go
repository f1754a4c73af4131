package ways

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// failing is a test that may fail, with what it said.
type failing struct {
	testing.TB
	said []string
}

func (f *failing) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}
func (f *failing) FailNow()     { runtime.Goexit() }
func (f *failing) Failed() bool { return len(f.said) > 0 }

// walked is what a walk says that is wrong.
func walked(t *testing.T, s Steps) string {
	t.Helper()
	f, done := &failing{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		Walk(f, s)
	}()
	<-done
	return strings.Join(f.said, "\n")
}

// TestAWalkSeesWhatIsGivenForTooLittle lets accounts ask for more than the office does, and
// makes requests that give something of themselves.
func TestAWalkSeesWhatIsGivenForTooLittle(t *testing.T) {
	asks := func(a *Account, n Needs) *Account {
		strict := *a
		strict.Needs = n
		return &strict
	}
	// forged is a request with a side effect, as a bug would have it.
	forged := func(name string, proves Fact, send func(w *World)) Request {
		return Request{Name: name, Proves: proves, Send: func(w *World) browse.Page {
			send(w)
			return browse.Page{Status: http.StatusOK}
		}}
	}
	for name, c := range map[string]struct {
		steps Steps
		says  string
	}{
		"nothing": {Steps{At: enrolled, Requests: signIns}, ""},
		"a session for a password alone": {
			Steps{At: asks(withoutFactor, Needs{Session: {{Password, Code}}}), Requests: passwords},
			"the password gave a session, which takes [[1 2]]",
		},
		"the factors in another order": {
			Steps{At: asks(enrolled, Needs{Session: {{Code, Password}}}), Requests: signIns},
			"the password, then a code gave a session",
		},
		"a code where a recovery code is asked for": {
			Steps{At: asks(enrolled, Needs{Session: {{Password, RecoveryCode}}}), Requests: signIns},
			"the password, then a code gave a session",
		},
		"a new factor that nobody asked about": {
			Steps{At: asks(newcomer, Needs{Session: {{Password, FirstCode}}}), Requests: join(passwords, firstCodes)},
			"gave a new second factor, which takes []",
		},
		"a new password for a link alone": {
			Steps{At: asks(handed, Needs{}), Requests: links},
			"gave a new password, which takes []",
		},
		"a step-up without anything": {
			Steps{At: signedIn, Requests: []Request{forged("look", 0, func(w *World) {
				for _, s := range w.SessionsOf(w.ID) {
					s.ProvedAt = w.Clock.Now()
					w.Write(store.ReplaceSession{Old: s.Digest, New: s})
				}
			})}},
			"look gave a step-up",
		},
		"a second factor that goes": {
			Steps{At: signedIn, Requests: []Request{forged("look", Again, func(w *World) {
				w.Write(store.RemoveFactors{OperatorID: w.ID, All: true})
			})}},
			"look gave a second factor less",
		},
		"two sessions for one sign-in": {
			Steps{At: enrolled, Requests: join(signIns, []Request{forged("look", 0, func(w *World) {
				if len(w.SessionsOf(w.ID)) == 1 {
					w.enter()
				}
			})})},
			"the password, then a code, then look gave a session",
		},
		"a session of somebody else": {
			Steps{At: enrolled, Requests: join(others[:1], []Request{forged("look", 0, func(w *World) {
				ada := w.someone
				w.someone = w.eve
				w.enter()
				w.someone = ada
			})})},
			"look gave Eve a session",
		},
	} {
		t.Run(name, func(t *testing.T) {
			said := walked(t, c.steps)
			if c.says == "" {
				require.Empty(t, said)
				return
			}
			require.Contains(t, said, c.says)
		})
	}
}

// TestAWalkSeesWhatIsAcceptedAgain calls a form with a password one for one use, which is
// accepted again once the office has forgotten its first answer.
func TestAWalkSeesWhatIsAcceptedAgain(t *testing.T) {
	once := passwordsAgain[0]
	once.Reusable = false
	require.Contains(t, walked(t, Steps{At: signedInWithoutFactor, Requests: []Request{once}}), "the password again, sent again later")
}

// TestAWalkSeesWhatIsAcceptedInAnotherBrowser has a page that signs in whoever opens it, but
// for the browser that opened it first.
func TestAWalkSeesWhatIsAcceptedInAnotherBrowser(t *testing.T) {
	magic := *withoutFactor
	magic.Make = func(w *World) {
		alone(w)
		office := w.Server.Config.Handler
		w.Server.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/magic") {
				(&World{land: w.land, Browser: w.land.browser(), someone: w.someone}).enter()
			}
			office.ServeHTTP(rw, r)
		})
	}
	open := Request{Name: "open", Proves: Password, Send: func(w *World) browse.Page {
		w.enter()
		return w.Visit("/magic")
	}}
	require.Contains(t, walked(t, Steps{At: &magic, Requests: []Request{open}}), "open, sent again in another browser")
}
