package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// sealedFactor is the value of a factor as newFactor makes it, sealedMail and
// sealedValues those of an email and of a session with this data.
func sealedFactor(operatorID, id string) store.Sealed {
	return store.Sealed{Kind: store.SealedFactor, ID: id, OperatorID: operatorID, Data: newFactor(operatorID, id).Secret}
}

func sealedMail(id, data string) store.Sealed {
	return store.Sealed{Kind: store.SealedMail, ID: id, Data: []byte(data)}
}

func sealedValues(operatorID, session, data string) store.Sealed {
	return store.Sealed{Kind: store.SealedValues, ID: "id of " + session, Name: "name", OperatorID: operatorID, Data: []byte(data)}
}

// sealed lists all values of a kind, in pages of a limit.
func sealed(t *testing.T, st store.Store, kind store.SealedKind, limit int) (all []store.Sealed) {
	t.Helper()
	for q := (store.SealedQuery{Kind: kind, Limit: limit}); ; {
		page, err := st.ListSealed(t.Context(), q)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Rows), store.PageLimit(limit))
		if all = append(all, page.Rows...); page.Next == nil {
			return all
		}
		require.Len(t, page.Rows, store.PageLimit(limit), "only the last page is not full")
		q.After = page.Next
	}
}

var sealedDuties = []duty{
	{"sealed values are listed by id and name, across operators, without gaps on pages of any length", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		want := map[store.SealedKind][]store.Sealed{}
		for i, id := range sorted(hostile) {
			of := []string{"ada", "eve"}[i%2]
			m := newMail(id)
			m.OperatorID, m.Body, m.CreatedAt = of, everyByte(), noon.Add(-time.Duration(i)*time.Minute)
			commit(t, st, store.PutFactor{Factor: newFactor(of, id)}, store.EnqueueMail{Mail: m})
			want[store.SealedFactor] = append(want[store.SealedFactor], sealedFactor(of, id))
			want[store.SealedMail] = append(want[store.SealedMail], store.Sealed{Kind: store.SealedMail, ID: id, OperatorID: of, Data: everyByte()})
		}
		for i, name := range []string{"a", "b"} {
			of := []string{"ada", "eve"}[i]
			commit(t, st, signIn(of, name, 0, 0))
			for _, name := range append([]string{""}, sorted(hostile)...) {
				v := store.Sealed{Kind: store.SealedValues, ID: "id of " + []string{"a", "b"}[i], Name: name, OperatorID: of, Data: everyByte()}
				commit(t, st, store.PutSessionValues{SessionID: v.ID, Name: name, Data: v.Data})
				want[store.SealedValues] = append(want[store.SealedValues], v)
			}
		}
		for _, kind := range store.SealedKinds {
			for _, limit := range []int{1, 7, len(want[kind]), 500} {
				same(t, want[kind], sealed(t, st, kind, limit))
			}
			// What is handed out is nobody's memory.
			page, err := st.ListSealed(t.Context(), store.SealedQuery{Kind: kind})
			require.NoError(t, err)
			page.Rows[0].Data[0] ^= 1
			same(t, want[kind], sealed(t, st, kind, 500))
		}
		require.Empty(t, sealed(t, st, "other", 0))
	}},
	{"what holds nothing is not a sealed value", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		bare := newFactor("ada", "bare")
		bare.Secret = nil
		sent := newMail("sent")
		commit(t, st, signIn("ada", "a", 0, 0), store.PutFactor{Factor: bare}, store.EnqueueMail{Mail: sent}, store.EnqueueMail{Mail: newMail("queued")},
			store.MoveMail{ID: "sent", From: store.MailQueued, To: store.MailSent, At: noon},
			store.PutSessionValues{SessionID: "id of a", Name: "name", Data: []byte("d")}, store.PutSessionValues{SessionID: "id of a", Name: "name"})
		require.Empty(t, sealed(t, st, store.SealedFactor, 0))
		require.Empty(t, sealed(t, st, store.SealedValues, 0))
		same(t, []store.Sealed{sealedMail("queued", "ciphertext")}, sealed(t, st, store.SealedMail, 0))
		bareValue := store.Sealed{Kind: store.SealedFactor, ID: "bare", OperatorID: "ada"}
		for _, gone := range []store.Sealed{bareValue, sealedMail("sent", ""), sealedMail("sent", "ciphertext"), sealedValues("ada", "a", "d"), sealedValues("ada", "a", "")} {
			refused(t, st, store.ErrNotFound, store.Reseal{Value: gone, New: []byte("new")})
			refused(t, st, store.ErrNotFound, store.Reseal{Value: gone})
		}
	}},
	{"resealing replaces the data and nothing else, once", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		m := filled[store.Mail](t, "mail")
		m.State = store.MailFailed
		commit(t, st, signIn("ada", "a", 0, 0), store.EnqueueMail{Mail: m}, store.EnqueueMail{Mail: newMail("other")},
			store.PutFactor{Factor: newFactor("ada", "f")}, store.PutFactor{Factor: newFactor("ada", "other")},
			store.PutSessionValues{SessionID: "id of a", Name: "name", Data: []byte("d")}, store.PutSessionValues{SessionID: "id of a", Name: "other", Data: []byte("d")})
		before := operator(t, st, "ada")
		value := store.Sealed{Kind: store.SealedMail, ID: m.ID, OperatorID: m.OperatorID, Data: m.Body}
		for i, v := range []store.Sealed{value, sealedFactor("ada", "f"), sealedValues("ada", "a", "d")} {
			fresh := append([]byte(fmt.Sprint(i)), everyByte()...)
			other := v
			other.Data = []byte("other")
			refused(t, st, store.ErrConflict, store.Reseal{Value: other, New: fresh})
			refused(t, st, store.ErrConflict, store.Reseal{Value: v, New: fresh, Reply: "no"}, store.Reseal{Value: v, New: fresh})
			commit(t, st, store.Reseal{Value: v, New: fresh, Reply: "no"})
			refused(t, st, store.ErrConflict, store.Reseal{Value: v, New: fresh})
			refused(t, st, store.ErrConflict, store.Reseal{Value: v})
			other = v
			other.ID = "none"
			refused(t, st, store.ErrNotFound, store.Reseal{Value: other, New: fresh})
		}
		m.Body = append([]byte("0"), everyByte()...)
		same(t, m, mail(t, st, m.ID))
		f := newFactor("ada", "f")
		f.Secret = append([]byte("1"), everyByte()...)
		same(t, []store.Factor{f, newFactor("ada", "other")}, factors(t, st, "ada"))
		require.Equal(t, append([]byte("2"), everyByte()...), values(t, st, "id of a", "name"))
		require.Equal(t, "d", string(values(t, st, "id of a", "other")))
		same(t, newMail("other"), mail(t, st, "other"))
		same(t, before, operator(t, st, "ada"))
		refused(t, st, store.ErrNotFound, store.Reseal{Value: store.Sealed{Kind: "other", ID: "f"}, New: []byte("new")})
	}},
	{"what nothing opens any more ends: the factor and the values go, the email fails without its body", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"))
		commit(t, st, signIn("ada", "a", 0, 0), store.EnqueueMail{Mail: newMail("m")},
			store.PutFactor{Factor: newFactor("ada", "f")}, store.PutFactor{Factor: newFactor("ada", "other")},
			store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada", Hashes: [][]byte{{1}}}},
			store.PutSessionValues{SessionID: "id of a", Name: "name", Data: []byte("d")}, store.PutSessionValues{SessionID: "id of a", Name: "other", Data: []byte("d")})
		claimed := claim(t, st, noon)
		ends := []store.Write{store.Reseal{Value: sealedFactor("ada", "f")}, store.Reseal{Value: sealedValues("ada", "a", "d")}, store.Reseal{Value: sealedMail("m", "ciphertext"), Reply: "no longer readable"}}
		commit(t, st, ends...)
		for _, w := range ends {
			refused(t, st, store.ErrNotFound, w)
		}
		same(t, []store.Factor{newFactor("ada", "other")}, factors(t, st, "ada"))
		recovery(t, st, "ada")
		_, err := st.FindSessionValues(t.Context(), "id of a", "name")
		require.ErrorIs(t, err, store.ErrNotFound)
		values(t, st, "id of a", "other")
		claimed.Body, claimed.State, claimed.Reply = nil, store.MailFailed, "no longer readable"
		same(t, claimed, mail(t, st, "m"))
		noneDue(t, st, noon.Add(1000*time.Hour))
		// The sender that had claimed it finds it settled.
		refused(t, st, store.ErrConflict, store.MoveMail{ID: "m", Attempt: 1, From: store.MailQueued, To: store.MailSent, At: noon})

		for _, want := range []bool{true, false} {
			view, err := st.FindSession(t.Context(), store.DigestOf("a"))
			require.NoError(t, err)
			require.Equal(t, want, view.TwoFactor, "the guard sees whether the last factor is gone")
			if want {
				commit(t, st, store.Reseal{Value: sealedFactor("ada", "other")})
			}
		}
	}},
}
