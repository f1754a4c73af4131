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
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store/memstore"
)

// help is what a command prints that was asked for help.
func help(t *testing.T, args ...string) string {
	t.Helper()
	t.Setenv("LC_ALL", "C") // documents are in English
	var out, wrong bytes.Buffer
	cmd, code := backoffice.ParseCommand(args, &out, &wrong)
	require.Nil(t, cmd)
	require.Zero(t, code, wrong.String())
	return out.String()
}

var (
	// listed is a command in the list of them.
	listed = regexp.MustCompile(`^  ((?:[a-z-]+ ?)+)((?:\[?[A-Z_]+[.\]]*\s?)*)\s{2,}`)
	// explained is what a command's help says it does, the rest of it, and its example.
	explained = regexp.MustCompile(`(?s)\n\n(.+?)\n\n(.+?)\n\nExample:\n  (.+?)\n`)
)

// commands are tables of the commands, as their help explains them.
func commands(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	var rows [][]string
	flush := func() {
		if len(rows) > 0 {
			b.WriteString(table([]string{"command", "what it does", "for example"}, rows) + "\n")
		}
		rows = nil
	}
	list := strings.Split(help(t, "help"), "\n")
	for i, line := range list {
		found := listed.FindStringSubmatch(line)
		switch {
		case found != nil:
			name := strings.TrimSpace(found[1])
			said := explained.FindStringSubmatch(help(t, append(strings.Fields(name), "-help")...))
			require.NotNil(t, said, name)
			does := said[1] + ". " + strings.Join(strings.Fields(said[2]), " ")
			rows = append(rows, []string{code(strings.TrimSpace(name + " " + found[2])), does, code(said[3])})
		case i > 0 && list[i-1] == "" && line != "" && strings.HasPrefix(list[min(i+1, len(list)-1)], "  "):
			flush()
			b.WriteString("**" + line + "**\n\n")
		}
	}
	flush()
	return strings.TrimSpace(b.String()) + "\n"
}

// What differs from run to run is shown as these.
var (
	shownAlias = "k7w3m5xq2fhz6tnp4ydc"
	shownToken = "Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHNlY3JldA"
	shownCode  = "F0RD-0CVM-ENTA-T10N-N0TA-REA1-C0DE"
)

var (
	tokenPattern = regexp.MustCompile(`#[A-Za-z0-9_-]{43}`)
	codePattern  = regexp.MustCompile(`#([0-9A-Z]{4}-){6}[0-9A-Z]{4}`)
	markPattern  = regexp.MustCompile(`:[0-9a-f]{16}`)
)

// samples are real runs of the commands.
func samples(t *testing.T) string {
	t.Helper()
	t.Setenv("LC_ALL", "C")
	ctx := context.Background()
	now := time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC)
	secret := make([]byte, 32)
	_, err := rand.Read(secret)
	require.NoError(t, err)
	outbox := &mail.Outbox{Dir: t.TempDir(), Sender: "office@community.example"}
	office, err := backoffice.New(ctx, backoffice.Config{
		Origin: "https://community.example", Secret: secret, Store: memstore.New(), Mail: outbox,
		PasswordHashing: password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true},
		Now:             func() time.Time { return now },
		Log:             slog.New(slog.DiscardHandler),
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
		"set-roles grace@community.example community-manager moderator",
		"parameters set session.idle 50m",
		"mail test you@community.example",
		"disable grace@community.example -reason account-taken-over",
		"alias rotate",
		"audit -n 6",
		"audit verify",
	} {
		now = now.Add(7 * time.Minute)
		aliasBefore := office.HomeURL()
		var out, wrong bytes.Buffer
		cmd, _ := backoffice.ParseCommand(strings.Fields(line), &out, &wrong)
		require.NotNil(t, cmd, "%s: %s", line, wrong.String())
		require.Zero(t, cmd.Run(ctx, office), "%s: %s", line, wrong.String())
		b.WriteString("$ community " + line + "\n" + scrub(out.String(), aliasBefore, office.HomeURL()) + "\n")
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
	return markPattern.ReplaceAllString(codePattern.ReplaceAllString(tokenPattern.ReplaceAllString(out, "#"+shownToken), "#"+shownCode), ":9f86d081884c7d65")
}
