package storetest

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// token reads a token that must exist.
func token(t *testing.T, st store.Store, name, purpose string) store.Token {
	t.Helper()
	found, err := st.FindToken(t.Context(), store.DigestOf(name), purpose)
	require.NoError(t, err)
	return found
}

// noToken checks that there is no such token.
func noToken(t *testing.T, st store.Store, name, purpose string) {
	t.Helper()
	_, err := st.FindToken(t.Context(), store.DigestOf(name), purpose)
	require.ErrorIs(t, err, store.ErrNotFound, name)
}

func consume(name string, now time.Time) store.ConsumeToken {
	return store.ConsumeToken{Digest: store.DigestOf(name), Purpose: store.PurposeReset, Now: now}
}

var tokenDuties = []duty{
	{"every field of a token comes back", func(t *testing.T, st store.Store) {
		for _, want := range []store.Token{
			filled[store.Token](t, "token"),
			{Digest: store.DigestOf("bare"), Purpose: "p"},
		} {
			keeps(t, want, want,
				func(k store.Token) { commit(t, st, store.PutToken{Token: k}) },
				func() store.Token {
					found, err := st.FindToken(t.Context(), want.Digest, want.Purpose)
					require.NoError(t, err)
					return found
				})
		}
	}},
	{"a token of one purpose is nothing under another", func(t *testing.T, st store.Store) {
		commit(t, st, store.PutToken{Token: newToken("ada", "token")})
		for _, purpose := range []string{"", store.PurposeInvite, store.PurposeSetup, "RESET", "reset ", "%"} {
			noToken(t, st, "token", purpose)
			refused(t, st, store.ErrNotFound, store.ConsumeToken{Digest: store.DigestOf("token"), Purpose: purpose, Now: noon})
		}
		commit(t, st, consume("token", noon))
	}},
	{"a token that never was is not found", func(t *testing.T, st store.Store) {
		commit(t, st, store.PutToken{Token: newToken("ada", "token")})
		noToken(t, st, "other", store.PurposeReset)
		_, err := st.FindToken(t.Context(), store.Digest{}, store.PurposeReset)
		require.ErrorIs(t, err, store.ErrNotFound)
		refused(t, st, store.ErrNotFound, consume("other", noon))
	}},
	{"a consumed token is used for everybody, and says when", func(t *testing.T, st store.Store) {
		commit(t, st, store.PutToken{Token: newToken("ada", "token")})
		at := noon.Add(time.Minute)
		commit(t, st, consume("token", at))
		want := newToken("ada", "token")
		want.UsedAt = at
		same(t, want, token(t, st, "token", store.PurposeReset))
		refused(t, st, store.ErrUsed, consume("token", at))
		refused(t, st, store.ErrUsed, consume("token", noon.Add(-time.Hour)))
		refused(t, st, store.ErrUsed, consume("token", noon.Add(48*time.Hour)))
		same(t, want, token(t, st, "token", store.PurposeReset))
	}},
	{"a token cannot be consumed twice in one commit", func(t *testing.T, st store.Store) {
		commit(t, st, store.PutToken{Token: newToken("ada", "token")})
		refused(t, st, store.ErrUsed, consume("token", noon), consume("token", noon))
		commit(t, st, consume("token", noon))
	}},
	{"a token ends at its end, not a microsecond later", func(t *testing.T, st store.Store) {
		k := newToken("ada", "token")
		commit(t, st, store.PutToken{Token: k})
		refused(t, st, store.ErrExpired, consume("token", k.ExpiresAt))
		refused(t, st, store.ErrExpired, consume("token", k.ExpiresAt.Add(time.Hour)))
		same(t, k, token(t, st, "token", store.PurposeReset))
		commit(t, st, consume("token", k.ExpiresAt.Add(-time.Microsecond)))
	}},
	{"a token without an end has ended", func(t *testing.T, st store.Store) {
		k := newToken("ada", "token")
		k.ExpiresAt = time.Time{}
		commit(t, st, store.PutToken{Token: k})
		refused(t, st, store.ErrExpired, consume("token", noon))
	}},
	{"a token's digest is given once", func(t *testing.T, st store.Store) {
		k := newToken("ada", "token")
		commit(t, st, store.PutToken{Token: k})
		refused(t, st, store.ErrExists, store.PutToken{Token: k})
		other := newToken("eve", "token")
		refused(t, st, store.ErrExists, store.PutToken{Token: other})
		same(t, k, token(t, st, "token", store.PurposeReset))
		commit(t, st, consume("token", noon))
		refused(t, st, store.ErrExists, store.PutToken{Token: k})
	}},
	{"a new token revokes the unused ones of its purpose and subject only", func(t *testing.T, st store.Store) {
		used, invite, other := newToken("ada", "used"), newToken("ada", "invite"), newToken("eve", "other")
		used.UsedAt = noon
		invite.Purpose = store.PurposeInvite
		expired := newToken("ada", "expired")
		expired.ExpiresAt = noon.Add(-time.Hour)
		commit(t, st, store.PutToken{Token: used}, store.PutToken{Token: invite}, store.PutToken{Token: other},
			store.PutToken{Token: expired})
		commit(t, st, store.PutToken{Token: newToken("ada", "first")})
		commit(t, st, store.PutToken{Token: newToken("ada", "second")})
		noToken(t, st, "expired", store.PurposeReset)
		noToken(t, st, "first", store.PurposeReset)
		refused(t, st, store.ErrNotFound, consume("first", noon))
		for name, purpose := range map[string]string{
			"used": store.PurposeReset, "invite": store.PurposeInvite, "other": store.PurposeReset, "second": store.PurposeReset,
		} {
			token(t, st, name, purpose)
		}
	}},
	{"a token that its subject asked for revokes none that someone created", func(t *testing.T, st store.Store) {
		made := newToken("ada", "made")
		made.CreatedBy = "eve"
		commit(t, st, store.PutToken{Token: newToken("ada", "asked")}, store.PutToken{Token: made})
		noToken(t, st, "asked", store.PurposeReset)
		commit(t, st, store.PutToken{Token: newToken("ada", "asked first")})
		commit(t, st, store.PutToken{Token: newToken("ada", "asked then")})
		noToken(t, st, "asked first", store.PurposeReset)
		token(t, st, "asked then", store.PurposeReset)
		same(t, made, token(t, st, "made", store.PurposeReset))
		again := newToken("ada", "made again")
		again.CreatedBy = "ben"
		commit(t, st, store.PutToken{Token: again})
		noToken(t, st, "made", store.PurposeReset)
		noToken(t, st, "asked then", store.PurposeReset)
	}},
	{"a token that is stored as used is taken for good, and revokes no other used one", func(t *testing.T, st store.Store) {
		spent := func(name string) store.Token {
			k := newToken("ada", name)
			k.Purpose, k.UsedAt = store.PurposeCeremony, noon
			return k
		}
		commit(t, st, store.PutToken{Token: newToken("ada", "reset")})
		for _, name := range []string{"first", "second"} {
			commit(t, st, store.PutToken{Token: spent(name)})
			refused(t, st, store.ErrExists, store.PutToken{Token: spent(name)})
			unused := spent(name)
			unused.UsedAt, unused.Purpose, unused.Subject = time.Time{}, store.PurposeReset, "eve"
			refused(t, st, store.ErrExists, store.PutToken{Token: unused})
		}
		refused(t, st, store.ErrExists, store.PutToken{Token: spent("third")}, store.PutToken{Token: spent("third")})
		refused(t, st, store.ErrUsed, store.ConsumeToken{Digest: store.DigestOf("first"), Purpose: store.PurposeCeremony, Now: noon})
		for _, name := range []string{"first", "second"} {
			same(t, spent(name), token(t, st, name, store.PurposeCeremony))
		}
		token(t, st, "reset", store.PurposeReset)
	}},
	{"what a token is for comes back with it, alone and in a list", func(t *testing.T, st store.Store) {
		k := newToken("waits", "waits")
		k.Purpose, k.Home, k.CreatedBy, k.Sealed = store.PurposeApproval, "approval", "ada", bytes.Repeat(everyByte(), 256) // 64 KiB
		keeps(t, k, k,
			func(k store.Token) { commit(t, st, store.PutToken{Token: k}) },
			func() store.Token { return token(t, st, "waits", store.PurposeApproval) })
		list := func() store.Token {
			found, err := st.ListTokens(t.Context(), store.TokenQuery{Purpose: store.PurposeApproval, Home: "approval", Now: noon})
			require.NoError(t, err)
			require.Len(t, found, 1)
			return found[0]
		}
		got := list()
		same(t, k, got)
		clear(got.Sealed)
		same(t, k, list())
		commit(t, st, store.ConsumeToken{Digest: k.Digest, Purpose: k.Purpose, Now: noon})
		k.UsedAt = noon
		same(t, k, token(t, st, "waits", store.PurposeApproval))
	}},
	{"revoking takes a subject's unused tokens, of one purpose or of all", func(t *testing.T, st store.Store) {
		all := func() {
			used, invite := newToken("ada", "used"), newToken("ada", "invite")
			used.UsedAt = noon
			invite.Purpose = store.PurposeInvite
			commit(t, st, store.PutToken{Token: used}, store.PutToken{Token: invite},
				store.PutToken{Token: newToken("ada", "reset")}, store.PutToken{Token: newToken("eve", "other")})
		}
		all()
		commit(t, st, store.RevokeTokens{Subject: "ada", Purpose: store.PurposeReset})
		noToken(t, st, "reset", store.PurposeReset)
		token(t, st, "invite", store.PurposeInvite)
		commit(t, st, store.RevokeTokens{Subject: "ada"})
		noToken(t, st, "invite", store.PurposeInvite)
		token(t, st, "used", store.PurposeReset)
		token(t, st, "other", store.PurposeReset)
		commit(t, st, store.RevokeTokens{Subject: "ada"}, store.RevokeTokens{Subject: "nobody"}, store.RevokeTokens{Subject: "%"})
		token(t, st, "other", store.PurposeReset)
	}},
	{"unused tokens are listed by the office address in them, soonest to expire first, page by page", func(t *testing.T, st store.Store) {
		for i, address := range []string{"", "b", "a", "b", "c", "b", "b", "b", "b", "b"} {
			k := newToken(fmt.Sprint("subject ", i), fmt.Sprint(i))
			k.Home, k.ExpiresAt = address, noon.Add(time.Duration(10-i)*time.Minute)
			switch i {
			case 6:
				k.UsedAt = noon
			case 7:
				k.Purpose = store.PurposeInvite
			case 8:
				k.ExpiresAt = noon
			case 9:
				k.ExpiresAt = noon.Add(7 * time.Minute) // as another one does
			}
			commit(t, st, store.PutToken{Token: k})
		}
		for want, q := range map[string]store.TokenQuery{
			"1 3 5 9": {Home: "b"}, "2 4": {Home: "b", Others: true}, "1 2 3 5 9": {Home: "c", Others: true}, "": {Home: "none"},
			"1 2 3 4 5 9": {Others: true}, // but not those without any
		} {
			q.Purpose, q.Now = store.PurposeReset, noon
			for _, limit := range []int{1, 2, 3, 4, 0} {
				q.Limit, q.After = limit, nil
				var all []store.Token
				for {
					page, err := st.ListTokens(t.Context(), q)
					require.NoError(t, err)
					require.LessOrEqual(t, len(page), store.PageLimit(limit))
					all = append(all, page...)
					if len(page) < store.PageLimit(limit) {
						break
					}
					q.After = &page[len(page)-1]
				}
				require.True(t, slices.IsSortedFunc(all, func(a, b store.Token) int {
					return cmp.Or(cmp.Compare(a.Home, b.Home), a.ExpiresAt.Compare(b.ExpiresAt), bytes.Compare(a.Digest[:], b.Digest[:]))
				}))
				var found []string
				for _, k := range all {
					same(t, k, token(t, st, strings.TrimPrefix(k.Subject, "subject "), store.PurposeReset))
					found = append(found, strings.TrimPrefix(k.Subject, "subject "))
				}
				slices.Sort(found)
				require.Equal(t, want, strings.Join(found, " "), "%+v", q)
			}
		}
		commit(t, st, consume("3", noon), store.RevokeTokens{Subject: "subject 5"})
		left, err := st.ListTokens(t.Context(), store.TokenQuery{Purpose: store.PurposeReset, Home: "b", Now: noon.Add(8 * time.Minute)})
		require.NoError(t, err)
		require.Len(t, left, 1)
		require.Equal(t, "subject 1", left[0].Subject)
	}},
}
