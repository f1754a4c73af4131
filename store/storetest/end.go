package storetest

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// rounds is how often a contest between a few callers is repeated.
const rounds = 20

// doneOrRefused requires that every caller either succeeded or got one of the
// sentinels.
func doneOrRefused(t *testing.T, results []error, sentinels ...error) {
	t.Helper()
	done := 0
	for _, err := range results {
		if err == nil {
			done++
		}
	}
	winners(t, results, done, sentinels...)
}

// endContests check that what has ended stays ended, and what must not end.
var endContests = []contest{
	{"two super-administrators who demote each other leave one", func(t *testing.T, h handles) {
		put(t, h.of(0), newSuperAdministrator("0"), newSuperAdministrator("1"))
		for round := range rounds {
			both := []store.Operator{operator(t, h.of(0), "0"), operator(t, h.of(1), "1")}
			results := together(2, func(caller int) error {
				return h.of(caller).Commit(t.Context(), downfalls[round%4].write(both[1-caller]))
			})
			won := winners(t, results, 1, store.ErrLastSuperAdministrator)[0]
			require.True(t, operator(t, h.of(0), fmt.Sprint(won)).IsActiveSuperAdministrator())
			down := operator(t, h.of(0), fmt.Sprint(1-won))
			require.False(t, down.IsActiveSuperAdministrator())
			restored := both[1-won]
			restored.Version = down.Version
			put(t, h.of(0), restored)
		}
	}},
	{"of many super-administrators who leave in every way, one stays", func(t *testing.T, h handles) {
		ids := names("o", crowd/5)
		all := make([]store.Operator, len(ids))
		for i, id := range ids {
			all[i] = put(t, h.of(0), newSuperAdministrator(id))
		}
		results := together(len(all), func(caller int) error {
			return h.of(caller).Commit(t.Context(), mark(caller), downfalls[caller%len(downfalls)].write(all[caller]))
		})
		marks(t, h, winners(t, results, len(all)-1, store.ErrLastSuperAdministrator))
		left, err := h.of(0).ListOperators(t.Context(), store.OperatorQuery{RoleID: store.RoleSuperAdministrator, Show: store.ShowActive, Now: noon})
		require.NoError(t, err)
		require.Len(t, left.Rows, 1)
	}},
	{"a deleted operator gets nothing any more", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		results := together(crowd, func(caller int) error {
			name := fmt.Sprint(caller)
			if caller == crowd/2 {
				return h.of(caller).Commit(t.Context(), store.DeleteOperator{ID: "ada", Version: 1})
			}
			return h.of(caller).Commit(t.Context(), []store.Write{
				store.PutSession{Session: newSession("ada", name)},
				store.PutPreSession{PreSession: newPreSession("ada", name)},
				store.PutFactor{Factor: newFactor("ada", name)},
				store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada", Hashes: [][]byte{{1}}}},
				store.PutBrowser{Browser: newBrowser("ada", name)},
			}[caller%5])
		})
		doneOrRefused(t, results, store.ErrNotFound)
		require.NoError(t, results[crowd/2])
		// A new operator with the same id would see what is left.
		put(t, h.of(0), newOperator("ada"))
		require.Empty(t, sessionNames(t, h.of(0), "ada"))
		require.Empty(t, factors(t, h.of(0), "ada"))
		require.Empty(t, browsers(t, h.of(0), "ada"))
		_, err := h.of(0).FindRecoverySet(t.Context(), "ada")
		require.ErrorIs(t, err, store.ErrNotFound)
		for caller := range crowd {
			_, err := findPreSession(t, h.of(0), store.DigestOf(fmt.Sprint(caller)))
			require.ErrorIs(t, err, store.ErrNotFound)
			_, err = h.of(0).FindSession(t.Context(), store.DigestOf(fmt.Sprint(caller)))
			require.ErrorIs(t, err, store.ErrNotFound)
		}
	}},
	{"a sign-in that checked the operator does not survive its being disabled", func(t *testing.T, h handles) {
		o := put(t, h.of(0), newOperator("ada"))
		disabled := o
		disabled.State = store.OperatorDisabled
		results := together(crowd, func(caller int) error {
			if caller == crowd/2 {
				return h.of(caller).Commit(t.Context(), store.PutOperator{Operator: disabled}, store.EndSessions{OperatorID: "ada", All: true})
			}
			return h.of(caller).Commit(t.Context(),
				store.CheckOperator{ID: "ada", Version: o.Version}, store.PutSession{Session: newSession("ada", fmt.Sprint(caller))})
		})
		doneOrRefused(t, results, store.ErrConflict)
		require.NoError(t, results[crowd/2])
		require.Empty(t, sessionNames(t, h.of(0), "ada"))
	}},
	{"an ended session is not rotated or touched back to life", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		for round := range rounds {
			old := newSession("ada", fmt.Sprint("old", round))
			commit(t, h.of(0), store.PutSession{Session: old})
			results := together(6, func(caller int) error {
				rotated := old
				rotated.Digest = store.DigestOf(fmt.Sprint("new", round, caller))
				switch caller {
				case 0:
					return h.of(round).Commit(t.Context(), store.EndSessions{OperatorID: "ada", All: true})
				case 1, 2:
					return h.of(caller).TouchSession(t.Context(), old.Digest, noon.Add(time.Duration(caller)*time.Minute))
				}
				return h.of(caller).Commit(t.Context(), store.ReplaceSession{Old: old.Digest, New: rotated})
			})
			require.NoError(t, results[0])
			doneOrRefused(t, results, store.ErrNotFound)
			// Whether the rotation or the end came first: nothing is left.
			require.Empty(t, sessionNames(t, h.of(0), "ada"))
		}
	}},
	{"nothing is kept beside a session that ended", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		for round := range rounds {
			s := newSession("ada", "s")
			commit(t, h.of(0), store.PutSession{Session: s})
			results := together(4, func(caller int) error {
				if caller == 0 {
					return h.of(round).Commit(t.Context(), store.EndSessions{OperatorID: "ada", ID: s.ID})
				}
				return h.of(caller).Commit(t.Context(), store.PutSessionValues{SessionID: s.ID, Name: "n", Data: []byte("d")})
			})
			require.NoError(t, results[0])
			doneOrRefused(t, results, store.ErrNotFound)
			commit(t, h.of(0), store.PutSession{Session: s})
			_, err := h.of(0).FindSessionValues(t.Context(), s.ID, "n")
			require.ErrorIs(t, err, store.ErrNotFound)
			commit(t, h.of(0), store.EndSessions{OperatorID: "ada", ID: s.ID})
		}
	}},
	{"however many sign in, as many sessions are kept as the limit says", func(t *testing.T, h handles) {
		put(t, h.of(0), newOperator("ada"))
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{signIn("ada", fmt.Sprint(caller), caller, 3)}
		})
		winners(t, results, crowd)
		require.Len(t, sessionNames(t, h.of(0), "ada"), 3)
	}},
	{"however many ask for a link, one is left", func(t *testing.T, h handles) {
		results := crowdCommits(t, h, func(caller int) []store.Write {
			return []store.Write{store.PutToken{Token: newToken("ada", fmt.Sprint(caller))}}
		})
		winners(t, results, crowd)
		left := 0
		for caller := range crowd {
			if _, err := h.of(0).FindToken(t.Context(), store.DigestOf(fmt.Sprint(caller)), store.PurposeReset); err == nil {
				left++
			}
		}
		require.Equal(t, 1, left)
	}},
	{"a link that is revoked while it is used is either used or gone", func(t *testing.T, h handles) {
		for round := range rounds {
			name := fmt.Sprint("token", round)
			commit(t, h.of(0), store.PutToken{Token: newToken("ada", name)})
			results := together(2, func(caller int) error {
				if caller == 0 {
					return h.of(round).Commit(t.Context(), store.RevokeTokens{Subject: "ada"})
				}
				return h.of(round+1).Commit(t.Context(), consume(name, noon))
			})
			require.NoError(t, results[0])
			if results[1] == nil {
				require.False(t, token(t, h.of(0), name, store.PurposeReset).UsedAt.IsZero())
			} else {
				require.ErrorIs(t, results[1], store.ErrNotFound)
				noToken(t, h.of(0), name, store.PurposeReset)
			}
		}
	}},
	{"a new password is not undone by upgrading the old one", func(t *testing.T, h handles) {
		o := put(t, h.of(0), newOperator("ada"))
		for range rounds {
			changed := o
			changed.Password = fmt.Sprint("new", o.Version)
			results := together(4, func(caller int) error {
				if caller == 0 {
					return h.of(caller).Commit(t.Context(), store.PutOperator{Operator: changed})
				}
				return h.of(caller).Commit(t.Context(), store.UpgradePassword{OperatorID: "ada", Old: o.Password, New: fmt.Sprint("better", caller)})
			})
			require.NoError(t, results[0])
			doneOrRefused(t, results, store.ErrConflict)
			o = operator(t, h.of(1), "ada")
			require.Equal(t, changed.Password, o.Password)
		}
	}},
	{"the guard never sees half a commit", func(t *testing.T, h handles) {
		o := newOperator("ada")
		o.Roles = []string{"r"}
		commit(t, h.of(0), store.PutOperator{Operator: o}, store.PutRole{Role: newRole("r")}, store.PutParameters{},
			store.PutSession{Session: newSession("ada", "s")})
		var over atomic.Bool
		var reads atomic.Int64
		read := func(st store.Store) error {
			v, err := st.FindSession(t.Context(), store.DigestOf("s"))
			if err != nil {
				return err
			}
			if len(v.Roles) != 1 || v.Operator.Version != v.Revision || v.Roles[0].Version != v.Revision {
				return fmt.Errorf("the operator is at %d, the roles are %+v, the parameters at %d", v.Operator.Version, v.Roles, v.Revision)
			}
			reads.Add(1)
			return nil
		}
		write := func(st store.Store, version int64) error {
			o, r := o, newRole("r")
			o.Version, r.Version = version, version
			p := store.Parameters{Revision: version}
			return st.Commit(t.Context(), store.PutParameters{Parameters: p}, store.PutRole{Role: r}, store.PutOperator{Operator: o})
		}
		results := together(4, func(caller int) (err error) {
			defer over.Store(true)
			if caller > 0 {
				for err == nil && !over.Load() {
					err = read(h.of(caller))
				}
				return err
			}
			for version := int64(1); version <= 2*rounds && err == nil && !over.Load(); version++ {
				before := reads.Load()
				err = write(h.of(0), version)
				for reads.Load() == before && !over.Load() {
					runtime.Gosched() // every version must be read by someone
				}
			}
			return err
		})
		winners(t, results, len(results))
	}},
}
