package backoffice_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// TestPagesShowWhatANewerVersionWrote looks at every list and detail of what this version does
// not know, as on a replica of the version before during a deploy.
func TestPagesShowWhatANewerVersionWrote(t *testing.T) {
	o := newOffice(t)
	ada := o.Plain("Ada", backoffice.SuperAdministrator)
	gil := o.Person("Gil", backoffice.Moderator)
	gil.State, gil.PrimaryRole, gil.Roles, gil.Language = "suspended", "tomorrows-auditor", []string{"tomorrows-role"}, "tlh"
	gil = o.Put(gil)
	now := o.Clock.Now()
	o.ChangeParameters(func(p *store.Parameters) {
		p.Values["tomorrow.limit"], p.Setup = "7", map[string]string{"tomorrow": "done"}
	})
	require.NoError(t, o.Under.Commit(ctx,
		store.PutRole{Role: store.Role{ID: "readers", Name: "Readers", NameKey: "readers", Permissions: []string{"analytics.view", "tomorrow.view"}, CreatedAt: now, UpdatedAt: now}},
		store.PutFactor{Factor: store.Factor{ID: "voice", OperatorID: ada.ID, Kind: "voice", Label: "Voice", Secret: []byte("ciphertext"), CreatedAt: now, ConfirmedAt: now}},
		store.PutSession{Session: store.Session{Digest: store.DigestOf("new"), ID: "new", OperatorID: ada.ID, Method: "retina", CreatedAt: now, SeenAt: now, EndsAt: now.AddDate(0, 0, 1)}},
		store.EnqueueMail{Mail: store.Mail{ID: "news", Kind: "tomorrows-news", OperatorID: ada.ID, To: ada.Email, Subject: "News", Body: []byte{2, 0}, State: "held", NextAttemptAt: now, CreatedAt: now}},
		store.AppendEvent{Event: store.Event{ID: "event", At: now, Code: "tomorrow.happened", Outcome: "deferred", ActorID: gil.ID, ActorName: "Gil", TargetKind: "planet", TargetID: "mars", TargetName: "Mars", Detail: map[string]string{"colour": "red"}}},
	))
	says := map[string]string{"/audit": "Tomorrow: happened: Mars ( Gil )", "/mail": "Tomorrows news", "/mail/news": "Tomorrows news", "/operators": "Gil", "/account/two-factor": "Voice"}
	for _, path := range []string{
		"/", "/audit", "/audit?code=tomorrow.happened", "/mail", "/mail/news", "/roles", "/roles/readers", "/operators", "/operators?state=suspended", "/operators/" + gil.ID,
		"/operators/" + gil.ID + "/roles", "/account", "/account/two-factor", "/account/sessions", "/parameters", "/search?q=news",
	} {
		page := ada.Get(path)
		require.Equal(t, http.StatusOK, page.Status, "%s: %s", path, page.Text())
		for _, broken := range []string{"roles.name.", "roles.about.", "mail.kind.", "audit.event.", "<no value>", "%!"} {
			require.NotContains(t, page.Body, broken, path)
		}
		if text := says[path]; text != "" {
			require.Contains(t, page.Text(), text, path)
		}
	}
}
