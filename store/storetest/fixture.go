package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// noon is the time that the cases use as now. It has microseconds.
var noon = time.Date(2026, time.November, 21, 12, 0, 0, 123456000, time.UTC)

// hostile are strings that are special to some databases, but must not be to a
// store.
var hostile = []string{
	`'; DROP TABLE operators; --`, `" OR ""="`, `\`, `\'`, `%`, `_`, `%%`, `?`, `$1`, `:id`, `{"a":1}`, `NULL`, `0`,
	" ", "a ", " a", "a", "A", "á", "a\u0301", "ß", "ss", "ı", "İ", "日本", "🚪", "a\tb", "a\nb", "a\r\nb", "a,b", "a|b", "[a]", "\x01", "\u200b",
}

// commit commits writes that must succeed.
func commit(t *testing.T, st store.Store, writes ...store.Write) {
	t.Helper()
	require.NoError(t, st.Commit(t.Context(), writes...))
}

// refused commits writes that must fail with the sentinel, and no other sentinel of
// the package.
func refused(t *testing.T, st store.Store, sentinel error, writes ...store.Write) {
	t.Helper()
	err := st.Commit(t.Context(), writes...)
	require.ErrorIs(t, err, sentinel)
	require.Len(t, sentinelsOf(err), 1, "the error says one thing: %v", err)
}

// sentinelsOf lists the sentinels that the error matches.
func sentinelsOf(err error) []error {
	var is []error
	for _, sentinel := range []error{
		store.ErrNotFound, store.ErrConflict, store.ErrExists, store.ErrNameTaken, store.ErrEmailTaken,
		store.ErrMemberTaken, store.ErrSubjectTaken, store.ErrOperatorsExist, store.ErrLastSuperAdministrator, store.ErrReplayed,
		store.ErrUsed, store.ErrExpired, store.ErrUnknownWrite,
	} {
		if errors.Is(err, sentinel) {
			is = append(is, sentinel)
		}
	}
	return is
}

// newOperator returns an active operator without roles, whose unique fields are
// derived from the id.
func newOperator(id string) store.Operator {
	return store.Operator{
		ID:       id,
		Name:     "Name of " + id,
		NameKey:  "name of " + id,
		Email:    id + "@Example.org",
		EmailKey: id + "@example.org", SearchKey: id + " " + id + "@example.org",
		State:    store.OperatorActive,
		Password: "$argon2id$" + id, PasswordSetAt: noon,
		CreatedAt: noon, UpdatedAt: noon,
	}
}

// newSuperAdministrator returns an active super-administrator.
func newSuperAdministrator(id string) store.Operator {
	o := newOperator(id)
	o.PrimaryRole = store.RoleSuperAdministrator
	return o
}

// put stores the operators and returns the first one as it is now.
func put(t *testing.T, st store.Store, operators ...store.Operator) store.Operator {
	t.Helper()
	for _, o := range operators {
		commit(t, st, store.PutOperator{Operator: o})
	}
	return operator(t, st, operators[0].ID)
}

// operator reads an operator that must exist.
func operator(t *testing.T, st store.Store, id string) store.Operator {
	t.Helper()
	o, err := st.FindOperator(t.Context(), id)
	require.NoError(t, err)
	return o
}

// newSession returns a session; its id and digest are derived from the name.
func newSession(operatorID, name string) store.Session {
	return store.Session{
		Digest: store.DigestOf(name), ID: "id of " + name, OperatorID: operatorID,
		CreatedAt: noon, SeenAt: noon, ProvedAt: noon, EndsAt: noon.Add(12 * time.Hour),
	}
}

func newPreSession(operatorID, name string) store.PreSession {
	return store.PreSession{
		Digest: store.DigestOf(name), OperatorID: operatorID, OperatorVersion: 1,
		CreatedAt: noon, ExpiresAt: noon.Add(10 * time.Minute), Next: "/operators",
	}
}

func newToken(subject, name string) store.Token {
	return store.Token{
		Digest: store.DigestOf(name), Purpose: store.PurposeReset, Subject: subject,
		CreatedAt: noon, ExpiresAt: noon.Add(30 * time.Minute),
	}
}

func newFactor(operatorID, id string) store.Factor {
	return store.Factor{
		ID: id, OperatorID: operatorID, Kind: "totp", Label: "Phone",
		Secret: []byte("ciphertext of " + id), Step: 100, CreatedAt: noon, ConfirmedAt: noon,
	}
}

func newMail(id string) store.Mail {
	return store.Mail{
		ID: id, Kind: "invitation", To: "ada@example.org", SearchKey: "ada lovelace ada@example.org", Subject: "Welcome", Body: []byte("ciphertext"),
		State: store.MailQueued, NextAttemptAt: noon, CreatedAt: noon,
	}
}

func newEvent(id string) store.Event {
	return store.Event{ID: id, At: noon, Code: "signin.succeeded", Outcome: "success"}
}

func newRole(id string) store.Role {
	return store.Role{
		ID: id, Name: "Role " + id, NameKey: "role " + id, Permissions: []string{"analytics.view"},
		CreatedAt: noon, UpdatedAt: noon,
	}
}

// names returns n distinct names.
func names(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%03d", prefix, i)
	}
	return all
}

// sorted returns a copy in byte order.
func sorted(all []string) []string { return slices.Sorted(slices.Values(all)) }

// long is a value that does not fit a short column.
var long = strings.Repeat("A long value, with á in it. ", 5_000)

// sortHashes sorts the hashes of a set, which have no order.
func sortHashes(set store.RecoverySet) store.RecoverySet {
	set.Hashes = slices.SortedFunc(slices.Values(set.Hashes), bytes.Compare)
	return set
}
