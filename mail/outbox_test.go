package mail_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
)

func newOutbox(t *testing.T) (*mail.Outbox, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "made", "outbox")
	outbox := &mail.Outbox{Dir: dir, Sender: "Acme <no-reply@acme.example>"}
	require.NoError(t, outbox.Check())
	return outbox, dir
}

// files returns the names and contents of all files in dir.
func files(t *testing.T, dir string) (names, contents []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		require.NoError(t, err)
		names, contents = append(names, entry.Name()), append(contents, string(content))
	}
	return names, contents
}

func TestSendersSayWhoMailsComeFrom(t *testing.T) {
	outbox, dir := newOutbox(t)
	require.Equal(t, "Acme <no-reply@acme.example>", outbox.From())
	bare := &mail.Outbox{Dir: dir, Sender: "no-reply@acme.example"}
	require.Equal(t, "no-reply@acme.example", bare.From())
	smtp, err := mail.NewSMTP(mail.SMTPConfig{Addr: "smtp.acme.example:587", From: `"Zoë, of Acme" <no-reply@acme.example>`})
	require.NoError(t, err)
	require.Equal(t, "Zoë, of Acme <no-reply@acme.example>", smtp.From())
}

func TestOutboxFile(t *testing.T) {
	outbox, dir := newOutbox(t)
	outbox.Now = func() time.Time { return time.Date(2026, 11, 21, 19, 57, 27, 5, time.UTC) }
	m := message()
	m.Text = "Zoë, open\n\n" + link + "\n"

	require.NoError(t, outbox.Send(t.Context(), m))

	names, contents := files(t, dir)
	require.Equal(t, []string{"20261121T195727.000000005Z-m1.eml"}, names)
	require.Contains(t, contents[0], "\r\n"+link+"\r\n", "a link can be copied out of the file")
	body, err := smtpsink.Decode(strings.NewReader(contents[0]))
	require.NoError(t, err)
	require.Equal(t, m.Text, body.Text)
	info, err := os.Stat(filepath.Join(dir, names[0]))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	info, err = os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestOutboxNamesSortByTimeThoughTheClockStands(t *testing.T) {
	outbox, dir := newOutbox(t)
	now := time.Date(2026, 11, 21, 19, 57, 27, 0, time.UTC)
	outbox.Now = func() time.Time { return now }
	for _, id := range []string{"z", "y", "x"} {
		m := message()
		m.ID = id
		require.NoError(t, outbox.Send(t.Context(), m))
		now = now.Add(-time.Hour)
	}
	names, _ := files(t, dir)
	require.Len(t, names, 3)
	for i, id := range []string{"z", "y", "x"} {
		require.True(t, strings.HasSuffix(names[i], "-"+id+".eml"), names)
	}
}

func TestOutboxNeverOverwrites(t *testing.T) {
	first, dir := newOutbox(t)
	second := &mail.Outbox{Dir: dir, Sender: "no-reply@acme.example"}
	stopped := func() time.Time { return time.Date(2026, 11, 21, 19, 57, 27, 0, time.UTC) }
	first.Now, second.Now = stopped, stopped

	require.NoError(t, first.Send(t.Context(), message()))
	_, before := files(t, dir)
	require.NoError(t, second.Send(t.Context(), message()))

	names, after := files(t, dir)
	require.Len(t, names, 2)
	require.Equal(t, before[0], after[0])
}

func TestOutboxIsSafeForConcurrentUse(t *testing.T) {
	outbox, dir := newOutbox(t)
	results := make(chan error, 50)
	for range cap(results) {
		go func() { results <- outbox.Send(t.Context(), message()) }()
	}
	for range cap(results) {
		require.NoError(t, <-results)
	}
	names, _ := files(t, dir)
	require.Len(t, names, cap(results))
}

func TestOutboxFailures(t *testing.T) {
	t.Run("a folder that is gone is created again", func(t *testing.T) {
		outbox, dir := newOutbox(t)
		require.NoError(t, os.RemoveAll(dir))
		require.NoError(t, outbox.Send(t.Context(), message()))
		names, _ := files(t, dir)
		require.Len(t, names, 1)
	})
	t.Run("a folder that cannot be created is temporary", func(t *testing.T) {
		outbox, dir := newOutbox(t)
		require.NoError(t, os.Remove(dir))
		require.NoError(t, os.WriteFile(dir, nil, 0o600))
		require.False(t, deliveryError(t, outbox.Send(t.Context(), message())).Permanent)
	})
	t.Run("a message that cannot be written is permanent", func(t *testing.T) {
		outbox, dir := newOutbox(t)
		m := message()
		m.To = "nobody"
		require.True(t, deliveryError(t, outbox.Send(t.Context(), m)).Permanent)
		names, _ := files(t, dir)
		require.Empty(t, names)
	})
	t.Run("an ended context writes nothing", func(t *testing.T) {
		outbox, dir := newOutbox(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, outbox.Send(ctx, message()), context.Canceled)
		names, _ := files(t, dir)
		require.Empty(t, names)
	})
}

func TestOutboxMakesUpIDAndDate(t *testing.T) {
	outbox, dir := newOutbox(t)
	outbox.Now = func() time.Time { return time.Date(2026, 11, 21, 19, 57, 27, 0, time.UTC) }
	m := message()
	m.ID, m.Date = "", time.Time{}
	id := make([]byte, 16)
	cryptotest.SetGlobalRandom(t, 1)
	rand.Read(id)
	cryptotest.SetGlobalRandom(t, 1)

	require.NoError(t, outbox.Send(t.Context(), m))

	_, contents := files(t, dir)
	require.Contains(t, contents[0], fmt.Sprintf("Message-ID: <%x@acme.example>\r\n", id))
	require.Contains(t, contents[0], "Date: Sat, 21 Nov 2026 19:57:27 +0000\r\n")
}

func TestAnOutboxReportsEveryMistake(t *testing.T) {
	err := (&mail.Outbox{Sender: "nobody"}).Check()
	require.ErrorContains(t, err, "no folder given")
	require.ErrorContains(t, err, "sender: ")
	require.ErrorContains(t, (&mail.Outbox{}).Send(t.Context(), message()), "no folder given")

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Error(t, (&mail.Outbox{Dir: file}).Check(), "a file is not a folder")
	require.Error(t, (&mail.Outbox{Dir: file}).Send(t.Context(), message()))
}
