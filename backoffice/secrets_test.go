package backoffice_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice/browse"
)

var csrfTag = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// spilt are the secrets that an office has shown or set, by kind.
func (o *office) spilt() map[string][]string {
	all := map[string][]string{"password": {good, better, wrong, memberPassword}, "link": o.Secrets}
	for _, e := range o.wire.all {
		for _, c := range (&http.Response{Header: e.Header}).Cookies() {
			if c.Value != "" {
				all["cookie"] = append(all["cookie"], c.Value)
			}
		}
		for kind, tag := range map[string]*regexp.Regexp{"form token": csrfTag, "seed": browse.SecretTag, "recovery code": browse.CodeTag} {
			for _, m := range tag.FindAllStringSubmatch(e.Body, -1) {
				all[kind] = append(all[kind], m[1], strings.NewReplacer(" ", "", "-", "").Replace(m[1]))
			}
		}
	}
	return all
}

func TestSecretsStayWhereTheyBelong(t *testing.T) {
	kinds := map[string]bool{}
	for name, scene := range scenes {
		o := newOffice(t)
		b, request := scene(o)
		answer := request()
		require.Less(t, answer.Status, 400, name)
		b.Follow(answer)
		o.Letters()
		spilt, log, kept := o.spilt(), o.Log.String(), o.Dump()
		require.NotContains(t, log, o.Base[1:], "%s: the alias is in no log line", name)
		for _, e := range o.Events() {
			require.NotContains(t, e.Route+e.Reason, o.Base[1:], name)
		}
		for kind, secrets := range spilt {
			for _, secret := range secrets {
				kinds[kind] = true
				require.NotContains(t, log, secret, "%s: a %s in the log", name, kind)
				require.NotContains(t, kept, secret, "%s: a %s in the store", name, kind)
				for _, e := range o.wire.all {
					require.NotContains(t, e.target, secret, "%s: a %s in an address", name, kind)
					head := e.Header.Clone()
					if kind == "cookie" {
						head.Del("Set-Cookie")
					}
					for field, values := range head {
						require.NotContains(t, strings.Join(values, ""), secret, "%s: a %s in %s", name, kind, field)
						if field != "Location" {
							require.NotContains(t, strings.Join(values, ""), o.Base[1:], field)
						}
					}
					if kind == "password" || kind == "cookie" || kind == "link" {
						require.NotContains(t, e.Body, secret, "%s: a %s on %s", name, kind, e.Path)
					}
				}
			}
		}
		// What is shown once is on the one page, in one answer.
		for _, kind := range []string{"seed", "recovery code"} {
			for _, secret := range spilt[kind] {
				shown := 0
				for _, e := range o.wire.all {
					if strings.Contains(e.Body, secret) {
						shown++
					}
				}
				require.LessOrEqual(t, shown, 1, "%s: a %s shown %d times", name, kind, shown)
			}
		}
	}
	require.Len(t, kinds, 6, "the test has met every kind: %v", kinds)
}

func TestWhatIsTypedIntoTheWrongFieldIsNotKept(t *testing.T) {
	o := newOffice(t)
	b := o.Browser()
	setup := b.Get("/setup") // which has no form once there is an operator
	o.Person("Ada")
	require.Equal(t, http.StatusUnprocessableEntity, b.Login(good, good).Status)
	require.NotContains(t, o.Log.String(), good, "a password typed as a name")
	require.NotContains(t, o.Dump(), good)
	for _, path := range []string{"/reset", "/welcome", "/setup"} {
		shown := setup
		if path != "/setup" {
			shown = b.Get(path)
		}
		b.Submit(shown, path, "token", "token-canary-0123456789", "password", better, "password_again", wrong, "email", "x@example.org", "name", "X", "code", "123456")
	}
	for _, canary := range []string{"token-canary", better, wrong} {
		require.NotContains(t, o.Log.String(), canary)
		require.NotContains(t, o.Dump(), canary)
	}
}
