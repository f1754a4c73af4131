package backoffice_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// TestPagesShowOnlyWhatTheirReaderMayRead puts something that can be recognised
// into everything the office keeps, and reads every page there is with one
// permission at a time: [testoffice.Reads] says what each of them shows.
func TestPagesShowOnlyWhatTheirReaderMayRead(t *testing.T) {
	o := newOffice(t, withDirectory)
	rules := maps.Clone(lax)
	rules["signin.paused_text"] = "canary-parameter"
	o.Set(rules)
	o.customRole("empty")
	op := o.Add(store.Operator{Password: "canary-hash", MemberID: "m-mel"}, "Canaria", "empty")
	now := o.Clock.Now()
	require.NoError(t, o.Mem.Commit(ctx,
		store.PutSession{Session: store.Session{Digest: store.DigestOf("canary"), ID: "canary-session", OperatorID: op.ID, CreatedAt: now, SeenAt: now,
			EndsAt: now.Add(time.Hour), IP: "198.51.100.77", UserAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"}},
		store.PutFactor{Factor: store.Factor{ID: "canary-factor", OperatorID: op.ID, Kind: "totp", Label: "canary-label", Secret: []byte("canary-secret"), CreatedAt: now, ConfirmedAt: now}},
		store.EnqueueMail{Mail: store.Mail{ID: "canary-mail", Kind: "new-device", To: "canary@mails.example", Subject: "canary-subject", Body: []byte("canary-body"),
			State: store.MailFailed, Reply: "550 canary-answer", CreatedAt: now}},
		store.AppendEvent{Event: store.Event{ID: "canary-event", At: now, Code: "operator.disabled", Outcome: "success", ActorName: "canary-actor", TargetKind: "operator",
			TargetID: op.ID, TargetName: "canary-target", IP: "203.0.113.99", UserAgent: "CanaryAgent/9", Reason: "canary-reason",
			Detail: map[string]string{"what": "canary-detail"}}}))
	permissions := []string{""}
	for _, r := range pages.Routes() {
		if !slices.Contains(permissions, r.Permission) {
			permissions = append(permissions, r.Permission)
		}
	}
	for _, permission := range permissions {
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
			for _, r := range testoffice.Reads {
				require.Equal(t, slices.Contains(r.With, permission), strings.Contains(read.String(), r.Canary), "%s: %s", r.Record, r.Field)
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
