package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// ofSubject returns an operator who is linked to an account at the identity provider.
func ofSubject(id, subject string) store.Operator {
	o := newOperator(id)
	o.Subject = subject
	return o
}

var linkedDuties = []duty{
	{"an account at the identity provider is linked to one operator, until it is given up", func(t *testing.T, st store.Store) {
		put(t, st, ofSubject("ada", "subject"), newOperator("eve"), newOperator("grace"))
		refused(t, st, store.ErrSubjectTaken, store.PutOperator{Operator: ofSubject("new", "subject")})
		eve := operator(t, st, "eve")
		taken := eve
		taken.Subject = "subject"
		refused(t, st, store.ErrSubjectTaken, store.PutOperator{Operator: taken})
		same(t, eve, operator(t, st, "eve"))
		ada := operator(t, st, "ada")
		ada.Subject = ""
		commit(t, st, store.PutOperator{Operator: ada}, store.PutOperator{Operator: taken})
		taken.Version = 2
		commit(t, st, store.DeleteOperator{ID: "eve", Version: 2}, store.PutOperator{Operator: ofSubject("new", "subject")})
	}},
	{"a sign-in finds the operator of an account, which means only itself", func(t *testing.T, st store.Store) {
		find := func(subject string) (string, error) {
			v, err := st.FindSignIn(t.Context(), store.SignInQuery{Subject: subject})
			return v.Operator.ID, err
		}
		put(t, st, newOperator("none"))
		for i, s := range hostile {
			put(t, st, ofSubject(fmt.Sprint("o", i), s))
		}
		for i, s := range hostile {
			id, err := find(s)
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint("o", i), id)
		}
		for _, s := range []string{"", "nobody", "name of none", "none"} {
			_, err := find(s)
			require.ErrorIs(t, err, store.ErrNotFound, "%q", s)
		}
		o := operator(t, st, "o0")
		o.Subject = "moved"
		put(t, st, o)
		_, err := find(hostile[0])
		require.ErrorIs(t, err, store.ErrNotFound)
		id, err := find("moved")
		require.NoError(t, err)
		require.Equal(t, "o0", id)
	}},
}

var endingDuties = []duty{
	{"a request sees the new end of its operator's access", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, store.PutSession{Session: newSession("ada", "s")})
		for _, end := range []time.Time{{}, noon, {}, noon.Add(-time.Hour)} {
			o := operator(t, st, "ada")
			o.EndsAt = end
			put(t, st, o)
			require.Equal(t, end, view(t, st, "s").Operator.EndsAt)
		}
	}},
	{"accounts that end soon, or should have ended, are counted, no further than asked", func(t *testing.T, st store.Store) {
		ending := func(now time.Time, most int) int {
			c, err := st.CountOperators(t.Context(), now, most)
			require.NoError(t, err)
			return c.Ending
		}
		for i, state := range []store.OperatorState{store.OperatorActive, store.OperatorInvited, store.OperatorDisabled} {
			for j, end := range []time.Time{
				{}, noon.AddDate(-100, 0, 0), noon.Add(-time.Hour), noon,
				noon.Add(store.EndingSoon - time.Microsecond), noon.Add(store.EndingSoon), noon.AddDate(1, 0, 0),
			} {
				o := newOperator(fmt.Sprint(i, " ", j))
				o.State, o.EndsAt = state, end
				put(t, st, o)
			}
		}
		require.Equal(t, 8, ending(noon, 100))
		require.Equal(t, 3, ending(noon, 3))
		require.Equal(t, 10, ending(noon.Add(time.Microsecond), 100))
		require.Equal(t, 12, ending(noon.AddDate(2, 0, 0), 100))
		require.Equal(t, 2, ending(noon.AddDate(-99, 0, 0), 100))
	}},
}
