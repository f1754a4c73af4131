package stores_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// TestStatementsOfACommit counts what typical commits send, with BEGIN and COMMIT:
// on PostgreSQL, each is a round trip.
func TestStatementsOfACommit(t *testing.T) {
	session := func(name string) store.PutSession {
		return store.PutSession{
			Session: store.Session{Digest: store.DigestOf(name), ID: name, OperatorID: "ada", SeenAt: noon, EndsAt: noon.Add(time.Hour)},
			Keep:    5, Device: store.DigestOf("laptop"),
		}
	}
	browser := func(token string) store.PutBrowser {
		return store.PutBrowser{Browser: store.Browser{Digest: store.DigestOf(token), ID: "browser", OperatorID: "ada", SeenAt: noon}, Keep: 10}
	}
	mail := func(id string) store.EnqueueMail {
		return store.EnqueueMail{Mail: store.Mail{ID: id, OperatorID: "ada", State: store.MailQueued, CreatedAt: noon}}
	}
	cases := []struct {
		name                        string
		postgreSQL, sqlite, mariaDB int
		writes                      []store.Write
	}{
		{"an event before which somebody else appended", 4, 7, 9, []store.Write{event("1")}},
		{"an event", 3, 5, 6, []store.Write{event("2")}},
		{"many events", 3, 5, 6, []store.Write{event("3"), event("4"), event("5")}},
		{"a password that is right", 4, 8, 9, []store.Write{
			store.CheckOperator{ID: "ada", Version: 1}, store.ClearCounter{Key: "a"}, store.ClearCounter{Key: "b"}, store.ClearCounter{Key: "c"},
			store.PutPreSession{PreSession: store.PreSession{Digest: store.DigestOf("p"), OperatorID: "ada"}}, event("6"),
		}},
		{"a code that is right", 4, 17, 18, []store.Write{
			store.EndPreSession{Digest: store.DigestOf("p")}, store.CheckOperator{ID: "ada", Version: 1},
			store.AdvanceFactor{ID: "phone", Step: 8, At: noon}, store.ClearCounter{Key: "a"}, store.ClearCounter{Key: "b"},
			mail("m"), mail("n"), session("s"), browser("a"), event("7"), event("8"),
		}},
		{"a recovery code that is right", 4, 16, 20, []store.Write{
			store.CheckOperator{ID: "ada", Version: 1}, store.UseRecoveryCode{OperatorID: "ada", Hash: []byte{1}},
			store.ClearCounter{Key: "a"}, mail("o"), session("u"), browser("b"), event("9"),
		}},
		{"a session that ends", 4, 7, 9, []store.Write{store.EndSessions{OperatorID: "ada", ID: "s", MustExist: true}, event("10")}},
		{"values beside a session", 5, 3, 7, []store.Write{store.PutSessionValues{SessionID: "session", Name: "host", Data: []byte("more")}}},
		{"a link that is sent", 5, 8, 11, []store.Write{
			store.PutToken{Token: store.Token{Digest: store.DigestOf("t"), Purpose: store.PurposeReset, Subject: "ada", CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}},
			mail("p"), event("11"),
		}},
		{"a password that is reset", 8, 14, 17, []store.Write{
			store.ConsumeToken{Digest: store.DigestOf("t"), Purpose: store.PurposeReset, Now: noon},
			store.PutOperator{Operator: store.Operator{ID: "ada", Version: 1, Name: "Ada", NameKey: "ada", Email: "a", EmailKey: "a", State: store.OperatorActive, PrimaryRole: store.RoleSuperAdministrator}},
			store.RevokeTokens{Subject: "ada", Purpose: store.PurposeReset}, store.ClearCounter{Key: "a"},
			store.EndSessions{OperatorID: "ada", All: true}, mail("q"), event("12"),
		}},
		{"parameters", 3, 6, 7, []store.Write{store.PutParameters{Parameters: store.Parameters{Revision: 1, Alias: "a"}}, event("13")}},
		{"an email that was sent", 3, 3, 4, []store.Write{store.MoveMail{ID: "m", From: store.MailQueued, To: store.MailSent, At: noon}}},
	}
	onEach(t, func(t *testing.T, d database) {
		other := d.store(t)
		fill(t, other)
		db, sent := d.record(t)
		s := d.over(t, db)
		_, err := s.AuditEnds(t.Context())
		require.NoError(t, err)
		require.NoError(t, other.Commit(t.Context(), event("0")))
		sent.take()
		for _, c := range cases {
			require.NoError(t, s.Commit(t.Context(), c.writes...), c.name)
			var texts []string
			for i, statement := range sent.take() {
				texts = append(texts, fmt.Sprintf("%d. %s", i+1, statement.query))
			}
			want := each(d, c.sqlite, c.postgreSQL, c.mariaDB)
			if len(texts) != want {
				t.Errorf("%s: %d statements, want %d:\n%s", c.name, len(texts), want, strings.Join(texts, "\n"))
			}
		}
	})
}
