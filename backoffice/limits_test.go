package backoffice_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// A stranger gets the same answers, to the byte, for a name that exists and one that
// does not, while its owner signs in or is unlocked, and after any limit is reached.
func TestWhatIsLimitedLooksTheSameForEveryName(t *testing.T) {
	walk := func(login string, make func(o *office) (meanwhile func())) (all []string) {
		o := newOffice(t)
		o.Set(map[string]string{"two_factor.who": "recommended"})
		meanwhile := make(o)
		o.Clock.Add(24 * time.Hour)
		b, link := o.Browser(), "hello"
		for i, pause := range []time.Duration{0, 0, 0, 0, time.Hour, 0, 0, 0, 25 * time.Hour, 0, 0, 0, time.Minute, 0, 0, 0} {
			o.Clock.Add(pause)
			answers := []page{
				b.Login(login, wrong),
				b.Submit(b.Get("/forgot"), "/forgot", "email", login+"@example.org"),
				b.Use("/reset", link, better), b.Use("/welcome", link, better),
			}
			for _, a := range answers {
				text := strings.NewReplacer(o.Base, "", o.Cfg.Origin, "", strings.TrimPrefix(o.Cfg.Origin, "https://"), "").Replace(masked(a))
				all = append(all, regexp.MustCompile(`\b`+login+`\b`).ReplaceAllString(text, "somebody"))
			}
			if meanwhile != nil && i%3 == 2 {
				meanwhile()
			}
		}
		return all
	}
	want := walk("zoe", func(*office) func() { return nil })
	limited := 0
	for _, a := range want {
		if strings.HasPrefix(a, http.StatusText(http.StatusTooManyRequests)) {
			require.Contains(t, a, "Retry-After")
			limited++
		}
	}
	require.Greater(t, limited, 5)
	for name, make := range map[string]func(o *office) func(){
		"an operator": func(o *office) func() { o.Person("Ada", backoffice.Moderator); return nil },
		"one who is disabled": func(o *office) func() {
			o.Add(store.Operator{State: store.OperatorDisabled}, "Ada", backoffice.Moderator)
			return nil
		},
		"one who is invited": func(o *office) func() {
			o.Add(store.Operator{State: store.OperatorInvited}, "Ada", backoffice.Moderator)
			return nil
		},
		"one who signs in between": func(o *office) func() {
			o.Person("Ada", backoffice.Moderator)
			b := o.Browser()
			require.Equal(t, http.StatusSeeOther, b.Login("ada", good).Status)
			return func() {
				b.SetCookie(browse.SessionCookie, "over")
				require.Equal(t, http.StatusSeeOther, b.Login("ada", good).Status)
			}
		},
		"one who is unlocked between": func(o *office) func() {
			o.Person("Ada", backoffice.Moderator)
			return func() { require.NoError(t, o.CommandLine().Unlock(ctx, "ada@example.org")) }
		},
	} {
		for i, got := range walk("ada", make) {
			require.Equal(t, want[i], got, "%s, answer %d", name, i)
		}
	}
}
