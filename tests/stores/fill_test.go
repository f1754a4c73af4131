package stores_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/tests/populate"
)

var (
	noon   = populate.Noon
	person = populate.Person
)

// attempts is a limit that lets three pass.
var attempts = store.Limit{Max: 3, Window: time.Hour}

// fill makes an operator "ada" with one of everything: a token "link" that is
// used, a factor "phone" at step 7, a counter "ada" with one attempt, a session
// "session", and events.
func fill(t testing.TB, s store.Store) {
	t.Helper()
	ada := store.Operator{
		ID: "ada", Name: "Ada", NameKey: "ada", Email: "ada@example.org", EmailKey: "ada@example.org", SearchKey: "ada ada@example.org",
		State: store.OperatorActive, PrimaryRole: "editors", Roles: []string{"editors", store.RoleSuperAdministrator},
		CreatedAt: noon,
	}
	require.NoError(t, s.Commit(t.Context(),
		store.PutRole{Role: store.Role{ID: "editors", Name: "Editors", NameKey: "editors", Permissions: []string{"a,b", "pages.edit"}}},
		store.PutRole{Role: store.Role{ID: "others", Name: "Others", NameKey: "others", Permissions: []string{"others"}}},
		store.PutOperator{Operator: ada},
		store.PutParameters{Parameters: store.Parameters{Alias: "k7w3", Values: map[string]string{"notice": "soon"}}},
		store.PutFactor{Factor: store.Factor{ID: "phone", OperatorID: "ada", Secret: []byte("ciphertext"), CreatedAt: noon, ConfirmedAt: noon}},
		store.AdvanceFactor{ID: "phone", Step: 7, At: noon},
		store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada", Salt: []byte("salt"), Hashes: [][]byte{{1}, {2}}}},
		store.PutToken{Token: store.Token{Digest: store.DigestOf("link"), Purpose: store.PurposeReset, Subject: "ada", CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}},
		store.ConsumeToken{Digest: store.DigestOf("link"), Purpose: store.PurposeReset, Now: noon},
		store.PutSession{Session: store.Session{Digest: store.DigestOf("session"), ID: "session", OperatorID: "ada", CreatedAt: noon, SeenAt: noon, EndsAt: noon.Add(time.Hour)}},
		store.PutSessionValues{SessionID: "session", Name: "host", Data: []byte("value")},
		store.PutPreSession{PreSession: store.PreSession{Digest: store.DigestOf("pre"), OperatorID: "ada", ExpiresAt: noon.Add(time.Hour)}},
		store.EnqueueMail{Mail: store.Mail{ID: "mail", OperatorID: "ada", State: store.MailQueued, NextAttemptAt: noon, CreatedAt: noon}},
		event("first"), event("second"),
	))
	_, ok, err := s.Hit(t.Context(), noon, store.Hit{Key: "ada", Limit: attempts})
	require.NoError(t, err)
	require.True(t, ok)
}

func event(id string) store.AppendEvent {
	return store.AppendEvent{Event: store.Event{ID: id, At: noon, Code: "test", Outcome: "success"}}
}
