package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// onceContests check what must happen only once, however many callers try.
var onceContests = []contest{
	{"one of many consumes a token", func(t *testing.T, h handles) {
		commit(t, h.of(0), store.PutToken{Token: newToken("ada", "token")})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), consume("token", noon)}
		})
		marks(t, h, winners(t, results, 1, store.ErrUsed))
	}},
	{"one of many spends a secret that no token announced", func(t *testing.T, h handles) {
		results := crowdCommits(t, h, func(caller int) []store.Write {
			k := newToken(fmt.Sprint("subject ", caller%3), "challenge")
			k.Purpose, k.UsedAt = store.PurposeCeremony, noon
			return []store.Write{mark(caller), store.PutToken{Token: k}}
		})
		marks(t, h, winners(t, results, 1, store.ErrExists))
	}},
	{"one of many gets a credential, or an account at the identity provider", func(t *testing.T, h handles) {
		for caller := range crowd {
			put(t, h.of(0), newOperator(fmt.Sprintf("o%d", caller)))
		}
		results := together(crowd, func(caller int) error {
			id := fmt.Sprintf("o%d", caller)
			if caller%2 == 0 {
				f := newPasskey(id, "key of "+id)
				f.Handle = store.DigestOf("one")
				return h.of(caller).Commit(t.Context(), mark(caller), store.PutFactor{Factor: f})
			}
			o, err := h.of(caller).FindOperator(t.Context(), id)
			if o.Subject = "one"; err != nil {
				return err
			}
			return h.of(caller).Commit(t.Context(), mark(caller), store.PutOperator{Operator: o})
		})
		marks(t, h, winners(t, results, 2, store.ErrExists, store.ErrSubjectTaken))
	}},
	{"one of many has a signature accepted that counts", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		commit(t, h.of(0), store.PutFactor{Factor: newPasskey("ada", "key")})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.AdvanceFactor{ID: "key", Step: 1, At: noon, Counts: true, Secret: []byte(fmt.Sprint(caller))}}
		})
		won := winners(t, results, 1, store.ErrReplayed)
		marks(t, h, won)
		require.Equal(t, fmt.Sprint(won[0]), string(factors(t, h.of(0), "ada")[0].Secret))
	}},
	{"one of many consumes a pre-session", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		commit(t, h.of(0), store.PutPreSession{PreSession: newPreSession("ada", "pre")})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.EndPreSession{Digest: store.DigestOf("pre")}}
		})
		marks(t, h, winners(t, results, 1, store.ErrNotFound))
	}},
	{"one of many has a code accepted", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		commit(t, h.of(0), store.PutFactor{Factor: newFactor("ada", "factor")})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.AdvanceFactor{ID: "factor", Step: 101, At: noon}}
		})
		marks(t, h, winners(t, results, 1, store.ErrReplayed))
	}},
	{"one of many spends a recovery code", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		commit(t, h.of(0), store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada", Hashes: [][]byte{{1}, {2}, {3}}}})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.UseRecoveryCode{OperatorID: "ada", Hash: []byte{2}}}
		})
		marks(t, h, winners(t, results, 1, store.ErrUsed))
		set, err := h.of(0).FindRecoverySet(t.Context(), "ada")
		require.NoError(t, err)
		require.ElementsMatch(t, [][]byte{{1}, {3}}, set.Hashes)
	}},
	{"many spend different recovery codes, and none comes back", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		set := store.RecoverySet{OperatorID: "ada"}
		for i := range 10 {
			set.Hashes = append(set.Hashes, []byte{byte(i)})
		}
		commit(t, h.of(0), store.PutRecoverySet{Set: set})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.UseRecoveryCode{OperatorID: "ada", Hash: []byte{byte(caller % 10)}}}
		})
		marks(t, h, winners(t, results, 10, store.ErrUsed))
		left, err := h.of(0).FindRecoverySet(t.Context(), "ada")
		require.NoError(t, err)
		require.Empty(t, left.Hashes)
	}},
	{"one of many sets the office up", func(t *testing.T, h handles) {
		results := crowdCommits(t, h, func(caller int) []store.Write {
			o := newSuperAdministrator(fmt.Sprintf("o%d", caller))
			return []store.Write{mark(caller), store.CheckNoOperators{}, store.PutOperator{Operator: o}}
		})
		marks(t, h, winners(t, results, 1, store.ErrOperatorsExist))
		all, err := h.of(0).ListOperators(t.Context(), store.OperatorQuery{})
		require.NoError(t, err)
		require.Len(t, all.Rows, 1)
	}},
	{"one of many replaces an operator at the same version", func(t *testing.T, h handles) {
		o := put(t, h.of(0), newOperator("ada"))
		results := crowdCommits(t, h, func(caller int) []store.Write {
			mine := o
			mine.Name = fmt.Sprintf("caller %d", caller)
			return []store.Write{mark(caller), store.PutOperator{Operator: mine}}
		})
		won := winners(t, results, 1, store.ErrConflict)
		marks(t, h, won)
		after := operator(t, h.of(0), "ada")
		require.EqualValues(t, 2, after.Version)
		require.Equal(t, fmt.Sprintf("caller %d", won[0]), after.Name)
	}},
	{"one of many gets a name", func(t *testing.T, h handles) {
		results := crowdCommits(t, h, func(caller int) []store.Write {
			o := newOperator(fmt.Sprintf("o%d", caller))
			o.NameKey = "ada"
			return []store.Write{mark(caller), store.PutOperator{Operator: o}}
		})
		marks(t, h, winners(t, results, 1, store.ErrNameTaken))
	}},
	{"one of many gets an address", func(t *testing.T, h handles) {
		results := crowdCommits(t, h, func(caller int) []store.Write {
			o := newOperator(fmt.Sprintf("o%d", caller))
			o.EmailKey = "ada@example.org"
			return []store.Write{mark(caller), store.PutOperator{Operator: o}}
		})
		marks(t, h, winners(t, results, 1, store.ErrEmailTaken))
	}},
	{"one of many replaces a role at the same version", func(t *testing.T, h handles) {
		commit(t, h.of(0), store.PutRole{Role: newRole("editor")})
		r := role(t, h.of(0), "editor")
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.PutRole{Role: r}}
		})
		marks(t, h, winners(t, results, 1, store.ErrConflict))
		require.EqualValues(t, 2, role(t, h.of(0), "editor").Version)
	}},
	{"one of many puts the first parameters, and one the next", func(t *testing.T, h handles) {
		for r := range int64(2) {
			results := crowdCommits(t, h, func(caller int) []store.Write {
				p := store.Parameters{Revision: r, Alias: fmt.Sprint(caller), Values: map[string]string{"caller": fmt.Sprint(caller)}}
				return []store.Write{store.PutParameters{Parameters: p}}
			})
			won := fmt.Sprint(winners(t, results, 1, store.ErrConflict)[0])
			same(t, store.Parameters{Revision: r + 1, Alias: won, Values: map[string]string{"caller": won}}, parameters(t, h.of(1)))
		}
	}},
	{"of many who add a session to at most so many, one does", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		commit(t, h.of(0), signIn("ada", "first", 0, 0))
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{store.CheckSessions{OperatorID: "ada", Most: 1}, signIn("ada", fmt.Sprint(caller), 0, 0)}
		})
		winners(t, results, 1, store.ErrConflict)
		require.Len(t, sessionNames(t, h.of(0), "ada"), 2)
	}},
	{"one of many rotates a session", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		commit(t, h.of(0), store.PutSession{Session: newSession("ada", "old")})
		rotated := func(caller int) store.Session {
			s := newSession("ada", "old")
			s.Digest = store.DigestOf(fmt.Sprint("new", caller))
			return s
		}
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.ReplaceSession{Old: store.DigestOf("old"), New: rotated(caller)}}
		})
		won := winners(t, results, 1, store.ErrNotFound)
		marks(t, h, won)
		all, err := h.of(0).ListSessions(t.Context(), "ada")
		require.NoError(t, err)
		same(t, []store.Session{rotated(won[0])}, all)
	}},
	{"one of many claims a mail, and many mails are claimed once each", func(t *testing.T, h handles) {
		for _, mails := range []int{1, 10} {
			for _, id := range names(fmt.Sprint(mails, "m"), mails) {
				commit(t, h.of(0), store.EnqueueMail{Mail: newMail(id)})
			}
			claimed := make([]string, crowd)
			results := together(crowd, func(caller int) error {
				m, err := h.of(caller).ClaimMail(t.Context(), anyMail(noon))
				claimed[caller] = m.ID
				return err
			})
			var got []string
			for _, caller := range winners(t, results, mails, store.ErrNotFound) {
				got = append(got, claimed[caller])
			}
			require.ElementsMatch(t, names(fmt.Sprint(mails, "m"), mails), got)
			for _, id := range got {
				require.Equal(t, 1, mail(t, h.of(0), id).Attempts)
			}
		}
	}},
	{"one of many settles an attempt", func(t *testing.T, h handles) {
		commit(t, h.of(0), store.EnqueueMail{Mail: newMail("m")})
		claim(t, h.of(0), noon)
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{mark(caller), store.MoveMail{ID: "m", Attempt: 1, From: store.MailQueued, To: store.MailSent, At: noon}}
		})
		marks(t, h, winners(t, results, 1, store.ErrConflict))
	}},
	{"one of many ends a session, and one tries a failed mail again", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		m := newMail("m")
		m.State = store.MailFailed
		commit(t, h.of(0), store.PutSession{Session: newSession("ada", "s")}, store.EnqueueMail{Mail: m})
		results := crowdCommits(t, h, func(caller int) []store.Write {
			if caller%2 == 0 {
				return []store.Write{mark(caller), store.EndSessions{OperatorID: "ada", ID: "id of s", MustExist: true}}
			}
			return []store.Write{mark(caller), store.MoveMail{ID: "m", From: store.MailFailed, To: store.MailQueued, NextAttemptAt: noon}}
		})
		marks(t, h, winners(t, results, 2, store.ErrNotFound, store.ErrConflict))
	}},
	{"one of many creates a record with an id", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		for name, write := range map[string]func() store.Write{
			"operator":    func() store.Write { return store.PutOperator{Operator: newOperator("eve")} },
			"role":        func() store.Write { return store.PutRole{Role: newRole("r")} },
			"session":     func() store.Write { return store.PutSession{Session: newSession("ada", "s")} },
			"pre-session": func() store.Write { return store.PutPreSession{PreSession: newPreSession("ada", "p")} },
			"factor":      func() store.Write { return store.PutFactor{Factor: newFactor("ada", "f")} },
			"token":       func() store.Write { return store.PutToken{Token: newToken("ada", "k")} },
			"mail":        func() store.Write { return store.EnqueueMail{Mail: newMail("m")} },
		} {
			t.Run(name, func(t *testing.T) {
				results := together(crowd/5, func(caller int) error { return h.of(caller).Commit(t.Context(), write()) })
				winners(t, results, 1, store.ErrExists)
			})
		}
	}},
}
