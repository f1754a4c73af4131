package stores_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

func TestAMasterSecretIsReplaced(t *testing.T) {
	replaceSecret := func(t *testing.T, st store.Store) {
		fresh := testoffice.Secret()
		for i := range fresh {
			fresh[i] ^= byte(i + 1)
		}
		now := testoffice.Noon
		start := func(secret []byte, old ...[]byte) *browse.Site {
			site := browse.New(t, func(c *backoffice.Config) { c.Store, c.Secret, c.OldSecrets = st, secret, old })
			site.Under = st
			now = now.Add(time.Hour)
			site.Clock.Set(now)
			return site
		}
		run := func(site *browse.Site, args ...string) string {
			t.Helper()
			var out, wrong bytes.Buffer
			command, _ := backoffice.ParseCommand(args, &out, &wrong)
			require.NotNil(t, command, wrong.String())
			require.Zero(t, command.Run(t.Context(), site.Office), wrong.String())
			return strings.Join(strings.Fields(out.String()), " ")
		}
		// again signs a person in with a code, and returns the answer to it.
		again := func(site *browse.Site, p *browse.Person, code string) (*browse.Browser, browse.Page) {
			t.Helper()
			b := site.Browser()
			return b, b.Submit(b.Follow(b.Login(p.Email, p.Password)), "/login/code", "code", code)
		}

		site := start(testoffice.Secret())
		ada, ben := site.Enrolled("Ada", backoffice.SuperAdministrator), site.Enrolled("Ben", backoffice.Moderator)

		site = start(fresh, testoffice.Secret())
		said := run(site, "keys")
		require.Contains(t, said, "Ada ada@example.org OldSecrets[0] Ben ben@example.org OldSecrets[0]")
		require.Contains(t, said, `run "keys reseal"`)

		// Dropped too early.
		site = start(fresh)
		b, answer := again(site, ada, site.Code(ada.Secret))
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
		require.Contains(t, answer.Text(), "The office can no longer read the secret of your authenticator app, because its master secret was replaced. Enter one of your recovery codes here instead, or ask help@community.example to reset your two-factor authentication.")
		require.Equal(t, "two_factor.unreadable", site.Last().Code)
		answer = b.Submit(answer, "/login/code", "code", ada.Codes[0])
		require.Equal(t, http.StatusSeeOther, answer.Status, "a recovery code is the way out")
		shown := b.Get("/step-up")
		shown = b.Submit(shown, "/step-up", "password", ada.Password, "code", site.Code(ada.Secret))
		require.Equal(t, http.StatusUnprocessableEntity, shown.Status)
		require.Contains(t, shown.Text(), "can no longer read the secret")
		require.Equal(t, http.StatusSeeOther, b.Submit(shown, "/step-up", "password", ada.Password, "code", ada.Codes[1]).Status)
		forgot := site.Browser()
		forgot.Submit(forgot.Get("/forgot"), "/forgot", "email", ada.Email)
		link := site.LinkIn("reset")
		shown = forgot.Submit(forgot.Get("/reset"), "/reset", "token", link,
			"password", testoffice.Better, "password_again", testoffice.Better, "code", site.Code(ada.Secret))
		require.Equal(t, http.StatusUnprocessableEntity, shown.Status)
		require.Contains(t, shown.Text(), "can no longer read the secret")

		// Back again, and this time in order.
		site = start(fresh, testoffice.Secret())
		require.Contains(t, run(site, "keys", "reseal"), "2 authenticator apps")
		require.Contains(t, run(site, "keys", "reseal"), "Nothing is encrypted with OldSecrets[0].")
		site = start(fresh)
		require.Contains(t, run(site, "keys"), "Nothing depends on any secret but the current one.")
		for _, p := range []*browse.Person{ada, ben} {
			_, answer := again(site, p, site.Code(p.Secret))
			require.Equal(t, http.StatusSeeOther, answer.Status, answer.Text())
		}

		// Lost for good.
		lost := bytes.Clone(fresh)
		lost[0]++
		site = start(lost)
		require.Contains(t, run(site, "keys", "end", "-yes"), "Reset two-factor authentication of Ben (ben@example.org).")
		require.Contains(t, run(site, "keys"), "Nothing depends on any secret but the current one.")
		b = site.Browser()
		require.NotEmpty(t, b.Follow(b.Login(ben.Email, ben.Password)).Secret(), "there is a new QR code")
	}
	t.Run("memory", func(t *testing.T) { replaceSecret(t, memstore.New()) })
	onEach(t, func(t *testing.T, d database) { replaceSecret(t, d.store(t)) })
}
