package main

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
)

var resetLink = regexp.MustCompile(`http://localhost:[0-9]+/reset#([A-Za-z0-9_-]{43})`)

func TestAForgottenPasswordIsReplaced(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir, "-outbox", "mails")
	require.Equal(t, "outbox:      mails", r.order[3])
	ada, stranger := r.browser(), r.browser()
	ada.signUp("Ada", "ada@example.com", firstPassword)

	known := stranger.post("/forgot", page{}, "email", "ADA@example.com")
	unknown := r.browser().post("/forgot", page{}, "email", "nobody@example.com")
	require.Equal(t, "/forgot?sent", known.at)
	require.Equal(t, known, unknown, "the answer does not say who is a member")

	text := r.mails(1)[0]
	require.Contains(t, text, "To: <ada@example.com>")
	require.Contains(t, text, "Reset your Riverside Community Garden password")
	token := resetLink.FindStringSubmatch(text)
	require.NotNil(t, token, text)
	require.NotContains(t, r.log.String(), token[1])
	require.NotContains(t, text, strings.TrimPrefix(r.lines["back office"], r.lines["community"]), "the office is not the members' business")

	send := func(token, password string) page {
		return stranger.post("/reset", page{}, "token", token, "password", password, "password_again", password)
	}
	require.Equal(t, 200, stranger.get("/reset").status, "looking spends nothing")
	weak := send(token[1], "password")
	require.Equal(t, http.StatusUnprocessableEntity, weak.status)
	require.Contains(t, weak.body, token[1], "the link stays in its field")
	other := "A" + token[1][1:]
	if other == token[1] {
		other = "B" + token[1][1:]
	}
	require.Contains(t, send(other, secondPassword).body, "This link does not work")

	p := send(token[0], secondPassword)
	require.Equal(t, "/sign-in?done=reset", p.at, "the whole link may be pasted, and it signs nobody in")
	require.Contains(t, p.body, "Sign in with the new one.")
	require.Equal(t, "/sign-in", stranger.get("/profile").at)
	require.Equal(t, "/sign-in", ada.get("/profile").at, "every session has ended")

	again := send(token[1], firstPassword)
	require.Equal(t, http.StatusUnprocessableEntity, again.status)
	require.Contains(t, again.body, "This link does not work")
	require.Equal(t, http.StatusUnprocessableEntity, r.browser().signIn("Ada", firstPassword).status)
	require.Equal(t, "/", r.browser().signIn("Ada", secondPassword).at)
}

func TestAChangedPasswordKillsTheLinkInTheMailbox(t *testing.T) {
	r := start(t, t.TempDir())
	ada := r.browser()
	ada.signUp("Ada", "ada@example.com", firstPassword)
	ada.post("/forgot", page{}, "email", "ada@example.com")
	token := resetLink.FindStringSubmatch(r.mails(1)[0])[1]
	ada.post("/profile/password", page{}, "current_password", firstPassword, "password", secondPassword, "password_again", secondPassword)

	p := r.browser().post("/reset", page{}, "token", token, "password", "a third long passphrase", "password_again", "a third long passphrase")
	require.Contains(t, p.body, "This link does not work")
}

func TestAskingTooOftenIsAnsweredTheSame(t *testing.T) {
	r := start(t, t.TempDir())
	r.browser().signUp("Ada", "ada@example.com", firstPassword)
	for range 3 {
		require.Equal(t, "/forgot?sent", r.browser().post("/forgot", page{}, "email", "ada@example.com").at)
	}
	r.mails(1)
	for i := range 30 {
		p := r.browser().post("/forgot", page{}, "email", "nobody@example.com")
		if i >= 27 {
			require.Equal(t, http.StatusTooManyRequests, p.status, "an address has its limit, whoever it asks for")
			require.Contains(t, p.body, "Too many tries")
		}
	}
	require.Zero(t, r.stop())
	r.mails(1)
}

func TestMailGoesThroughAServer(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{Username: "garden", Password: "watering-can"})
	t.Setenv("SMTP_USERNAME", "garden")
	t.Setenv("SMTP_PASSWORD", "watering-can")
	t.Setenv("SMTP_FROM", "The garden <garden@example.org>")
	dir := t.TempDir()
	r := start(t, dir, "-smtp", sink.Addr)
	require.Len(t, r.order, 3, "there is no outbox")
	ada := r.browser()
	ada.signUp("Ada", "ada@example.com", firstPassword)
	ada.post("/forgot", page{}, "email", "ada@example.com")

	received := sink.Await(1)[0]
	require.Equal(t, "garden@example.org", received.From)
	require.Equal(t, []string{"ada@example.com"}, received.To)
	require.Equal(t, "garden", received.User)
	require.NoDirExists(t, filepath.Join(dir, "outbox"))
}
