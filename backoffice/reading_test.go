package backoffice_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

// TestPagesShowOnlyWhatTheirReaderMayRead puts something that can be recognised
// into everything the office keeps, and reads every page there is with one
// permission at a time: docs/permissions.md says what each of them shows.
func TestPagesShowOnlyWhatTheirReaderMayRead(t *testing.T) {
	o := newOffice(t, withDirectory)
	o.Set(lax)
	o.customRole("empty")
	op := o.Add(store.Operator{Password: "canary-hash", MemberID: "m-mel"}, "Canaria", "empty")
	now := o.Clock.Now()
	require.NoError(t, o.Mem.Commit(ctx,
		store.PutSession{Session: store.Session{Digest: store.DigestOf("canary"), ID: "canary-session", OperatorID: op.ID, CreatedAt: now, SeenAt: now,
			EndsAt: now.Add(time.Hour), IP: "198.51.100.77", UserAgent: "CanaryBrowser/7"}},
		store.PutFactor{Factor: store.Factor{ID: "canary-factor", OperatorID: op.ID, Kind: "totp", Label: "canary-label", Secret: []byte("canary-secret"), CreatedAt: now, ConfirmedAt: now}},
		store.EnqueueMail{Mail: store.Mail{ID: "canary-mail", Kind: "new-device", To: "canary@mails.example", Subject: "canary-subject", Body: []byte("canary-body"),
			State: store.MailFailed, Reply: "550 canary-answer", CreatedAt: now}},
		store.AppendEvent{Event: store.Event{ID: "canary-event", At: now, Code: "operator.disabled", Outcome: "success", ActorName: "canary-actor", TargetKind: "operator",
			TargetID: op.ID, TargetName: "canary-target", IP: "203.0.113.99", Reason: "canary-reason"}}))
	people := []string{"Canaria", "c…@example.org"}
	whole := []string{"Canaria", "canaria@example.org"}
	sessions := []string{"198.51.100.77"}
	audit := []string{"canary-actor", "canary-target", "203.0.113.99", "canary-reason"}
	mails := []string{"c…@mails.example", "canary-subject", "canary-answer"}
	never := []string{"canary-hash", "canary-secret", "canary-body"}

	readers := map[string][][]string{
		"": nil, "parameters.manage": nil, "audit.view": {audit}, "mail.view": {mails},
		"operators.view": {people}, "operators.manage": {whole, sessions},
		"operators.reset_two_factor": {whole}, "roles.manage": {people},
	}
	for permission, wanted := range readers {
		t.Run("with "+permission, func(t *testing.T) {
			role := "empty"
			if permission != "" {
				role = strings.ReplaceAll(permission, ".", "-")
				o.customRole(role, permission)
			}
			reader := o.Entered("reader-"+strings.ReplaceAll(role, "_", "-"), role)
			read := &strings.Builder{}
			for _, r := range pages.Routes() {
				if r.Method != http.MethodGet || r.SignedOut {
					continue
				}
				for _, id := range map[bool][]string{true: {op.ID, "m-mel", "empty", "canary-mail", "1", "2", "3"}, false: {""}}[strings.Contains(r.Path, "{id}")] {
					read.WriteString(reader.Get(strings.NewReplacer("{id}", id, "{$}", "").Replace(r.Path)).Body)
				}
			}
			if permission == "audit.view" {
				read.WriteString(reader.Press(reader.Get("/audit"), "/audit/export", "CSV").Body)
			}
			allowed := map[string]bool{}
			for _, group := range wanted {
				for _, s := range group {
					allowed[s] = true
				}
			}
			for _, group := range [][]string{people, whole, sessions, audit, mails, never, {"canary@mails.example"}} {
				for _, s := range group {
					require.Equal(t, allowed[s], strings.Contains(read.String(), s), s)
				}
			}
		})
	}
}

func TestThePageOfEventsExplainsEachOfThem(t *testing.T) {
	_, sue := seated(t)
	shown := sue.Get("/audit/events").Text()
	for name, meaning := range backoffice.EventCodes() {
		require.Contains(t, shown, name+" "+meaning)
	}
}
