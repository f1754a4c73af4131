package reset_test

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

func TestMakeDescribesTheTokenAndStoresNothing(t *testing.T) {
	raw := make([]byte, 32)
	cryptotest.SetGlobalRandom(t, 1)
	rand.Read(raw)
	f := setup(t)
	cryptotest.SetGlobalRandom(t, 1)
	f.clock.add(1234 * time.Nanosecond)
	link, put, err := f.Make("m1", "op1")
	require.NoError(t, err)
	require.Equal(t, base64.RawURLEncoding.EncodeToString(raw), link.Token())
	require.Len(t, link.Token(), 43)
	at := start.Add(time.Microsecond)
	require.Equal(t, store.Token{
		Digest:    store.DigestOf(link.Token()),
		Purpose:   "member-reset",
		Subject:   "m1",
		CreatedBy: "op1",
		CreatedAt: at,
		ExpiresAt: at.Add(30 * time.Minute),
	}, put.Token)
	require.Empty(t, f.spy.calls)
	require.NotContains(t, fmt.Sprintf("%+v %x", put, put), link.Token())
}

func TestMakeRefusesAnEmptySubject(t *testing.T) {
	_, _, err := setup(t).Make("", "op1")
	require.ErrorContains(t, err, "no subject")
}

func TestMadeTokensDiffer(t *testing.T) {
	f := setup(t)
	seen := map[string]bool{}
	for range 1000 {
		link, _, err := f.Make("m1", "")
		require.NoError(t, err)
		require.False(t, seen[link.Token()])
		seen[link.Token()] = true
	}
}

func TestFindDoesNotSpend(t *testing.T) {
	f := setup(t)
	link := f.makeLink(t, "m1")
	for range 10 {
		token, err := f.Find(t.Context(), link.Token())
		require.NoError(t, err)
		require.Equal(t, "m1", token.Subject)
	}
	require.NotContains(t, strings.Join(f.spy.calls, "\n"), "Commit")
	require.NoError(t, f.spy.Store.Commit(t.Context(), f.Spend(link.Token())))
}

func TestLinkEndsAtTheVeryInstantOfItsLife(t *testing.T) {
	f := setup(t)
	link := f.makeLink(t, "m1")

	f.clock.set(start.Add(30*time.Minute - time.Microsecond))
	_, err := f.Find(t.Context(), link.Token())
	require.NoError(t, err)

	f.clock.set(start.Add(30 * time.Minute))
	token, err := f.Find(t.Context(), link.Token())
	require.ErrorIs(t, err, reset.ErrExpired)
	require.Equal(t, "m1", token.Subject, "for the audit")
	err = reset.LinkError(f.spy.Store.Commit(t.Context(), f.Spend(link.Token())))
	require.ErrorIs(t, err, reset.ErrExpired)

	f.clock.set(start.Add(30*time.Minute - time.Microsecond))
	require.NoError(t, f.spy.Store.Commit(t.Context(), f.Spend(link.Token())), "expiry had spent nothing")
}

func TestLinkWorksOnce(t *testing.T) {
	f := setup(t)
	link := f.makeLink(t, "m1")
	require.NoError(t, f.spy.Store.Commit(t.Context(), f.Spend(link.Token())))
	err := reset.LinkError(f.spy.Store.Commit(t.Context(), f.Spend(link.Token())))
	require.ErrorIs(t, err, reset.ErrUsed)
	require.ErrorIs(t, err, store.ErrUsed, "the store's error is kept inside")

	token, err := f.Find(t.Context(), link.Token())
	require.ErrorIs(t, err, reset.ErrUsed)
	require.Equal(t, "m1", token.Subject, "for the audit")

	f.clock.add(time.Hour)
	_, err = f.Find(t.Context(), link.Token())
	require.ErrorIs(t, err, reset.ErrUsed, "used stays used when its life is over")
}

func TestNewerLinkKillsTheOlder(t *testing.T) {
	f := setup(t)
	older, other := f.makeLink(t, "m1"), f.makeLink(t, "m2")
	newer := f.makeLink(t, "m1")
	_, err := f.Find(t.Context(), older.Token())
	require.ErrorIs(t, err, reset.ErrUnknown)
	err = reset.LinkError(f.spy.Store.Commit(t.Context(), f.Spend(older.Token())))
	require.ErrorIs(t, err, reset.ErrUnknown)
	for _, link := range []reset.Link{newer, other} {
		_, err := f.Find(t.Context(), link.Token())
		require.NoError(t, err)
	}
}

func TestLinkOfOnePurposeIsNothingUnderAnother(t *testing.T) {
	f := setup(t)
	office := setup(t, func(c *reset.Config) { c.Store, c.Purpose = f.spy.Store, store.PurposeReset })
	link, officeLink := f.makeLink(t, "m1"), office.makeLink(t, "m1")

	_, err := office.Find(t.Context(), link.Token())
	require.ErrorIs(t, err, reset.ErrUnknown)
	err = office.Redeem(t.Context(), link.Token(), never(t))
	require.ErrorIs(t, err, reset.ErrUnknown)
	err = reset.LinkError(f.spy.Store.Commit(t.Context(), office.Spend(link.Token())))
	require.ErrorIs(t, err, reset.ErrUnknown)

	_, err = f.Find(t.Context(), link.Token())
	require.NoError(t, err, "a try under another purpose spends nothing")
	_, err = office.Find(t.Context(), officeLink.Token())
	require.NoError(t, err, "links of two purposes do not kill each other")
}

func TestMalformedTokenCostsNoRead(t *testing.T) {
	f := setup(t)
	link := f.makeLink(t, "m1")
	for name, token := range map[string]string{
		"empty":           "",
		"too short":       link.Token()[:42],
		"too long":        link.Token() + "A",
		"other alphabet":  "+" + link.Token()[1:],
		"in a query":      "https://example.org/reset?token=" + link.Token(),
		"a path":          "../../etc/passwd",
		"an enormous one": strings.Repeat("A", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.Find(t.Context(), token)
			require.ErrorIs(t, err, reset.ErrUnknown)
			require.ErrorIs(t, err, reset.ErrLink)
			require.ErrorIs(t, f.Redeem(t.Context(), token, never(t)), reset.ErrUnknown)
			require.Empty(t, f.spy.calls)

			err = reset.LinkError(f.spy.Store.Commit(t.Context(), f.Spend(token)))
			require.ErrorIs(t, err, reset.ErrUnknown)
		})
	}
}

func TestPastedLinkWorksEverywhere(t *testing.T) {
	f := setup(t)
	link := f.makeLink(t, "m1")
	url, err := link.URL("https://example.org/reset")
	require.NoError(t, err)
	pasted := " <" + url + ">.\r\n"
	token, err := f.Find(t.Context(), pasted)
	require.NoError(t, err)
	require.Equal(t, token.Digest, f.Spend(pasted).Digest)
	require.NoError(t, f.spy.Store.Commit(t.Context(), f.Spend(pasted)))
}

func TestUnknownUsedAndExpiredAreOneKind(t *testing.T) {
	kinds := []error{reset.ErrUnknown, reset.ErrUsed, reset.ErrExpired}
	for i, kind := range kinds {
		require.ErrorIs(t, kind, reset.ErrLink)
		for j, other := range kinds {
			require.Equal(t, i == j, errors.Is(kind, other))
		}
	}
}

func TestLinkErrorMapsWhatTheStoreSays(t *testing.T) {
	wrapped := func(err error) error { return fmt.Errorf("commit: %w", err) }
	for _, test := range []struct{ from, want error }{
		{store.ErrNotFound, reset.ErrUnknown},
		{wrapped(store.ErrNotFound), reset.ErrUnknown},
		{wrapped(store.ErrUsed), reset.ErrUsed},
		{wrapped(store.ErrExpired), reset.ErrExpired},
	} {
		got := reset.LinkError(test.from)
		require.ErrorIs(t, got, test.want)
		require.ErrorIs(t, got, reset.ErrLink)
		require.ErrorIs(t, got, test.from)
	}
	require.NoError(t, reset.LinkError(nil))
	for _, err := range []error{errDown, store.ErrConflict, store.ErrReplayed, store.ErrLastSuperAdministrator} {
		require.Equal(t, err, reset.LinkError(err))
		require.NotErrorIs(t, reset.LinkError(err), reset.ErrLink)
	}
}
