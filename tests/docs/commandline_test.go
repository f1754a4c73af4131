package docs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/breakglass"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store/memstore"
)

// commands is what "help" prints.
func commands(t *testing.T) string {
	t.Helper()
	var out, wrong bytes.Buffer
	command, status := breakglass.Parse([]string{"help"}, &out, &wrong)
	require.Nil(t, command)
	require.Zero(t, status, wrong.String())
	return "```text\n" + strings.TrimSpace(out.String()) + "\n```\n"
}

// What differs from run to run is shown as these.
var (
	shownAlias = "k7w3m5xq2fhz6tnp4ydc"
	shownToken = "Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHNlY3JldA"
)

var tokenPattern = regexp.MustCompile(`#[A-Za-z0-9_-]{43}`)

// samples are real runs of the commands.
func samples(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	now := time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC)
	secret := make([]byte, 32)
	_, err := rand.Read(secret)
	require.NoError(t, err)
	outbox, err := mail.NewOutbox(t.TempDir(), "office@community.example")
	require.NoError(t, err)
	office, err := backoffice.New(ctx, backoffice.Config{
		Origin: "https://community.example", Secret: secret, Store: memstore.New(), Mail: outbox,
		Password: password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true},
		Now:      func() time.Time { return now },
		Log:      slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)

	var b strings.Builder
	b.WriteString("```console\n")
	for _, line := range []string{
		"alias",
		"invite ada@community.example -name Ada -role super-administrator",
		"invite grace@community.example",
		"operators",
		"reset-two-factor ada@community.example -reason phone-lost-asked-in-person",
		"unlock ada@community.example",
		"alias rotate",
		"audit -n 6",
	} {
		now = now.Add(7 * time.Minute)
		aliasBefore := office.Address()
		var out, wrong bytes.Buffer
		status := breakglass.Run(ctx, office, strings.Fields(line), &out, &wrong)
		require.Equal(t, breakglass.ExitOK, status, "%s: %s", line, wrong.String())
		b.WriteString("$ community " + line + "\n" + scrub(out.String(), aliasBefore, office.Address()) + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n```\n"
}

// scrub puts the same thing in place of whatever is random.
func scrub(out, before, after string) string {
	next := shownAlias[10:] + shownAlias[:10]
	shown := func(address, alias string) string {
		return strings.ReplaceAll(out, address, "https://community.example/"+alias+"/")
	}
	if before != after {
		out = shown(after, next)
	}
	out = shown(before, shownAlias)
	return tokenPattern.ReplaceAllString(out, "#"+shownToken)
}
