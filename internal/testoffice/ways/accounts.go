package ways

import (
	"context"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// second is a second factor that was not used before.
const second = Code | RecoveryCode

// The kinds of accounts. Everyone needs a second factor, unless a rule says otherwise.
var (
	enrolled = &Account{Name: "with an authenticator app", Make: withApp, Needs: Needs{
		Session:     {{Password, second}},
		NewPassword: {{Link}},
	}}
	newcomer = &Account{Name: "without a second factor, which it needs", Make: alone, Needs: Needs{
		Session:   {{Password, FirstCode}, {Password, Code}},
		NewFactor: {{Password, FirstCode}},
	}}
	withoutFactor = &Account{Name: "without a second factor, which it does not need", Rules: recommended, Make: alone, Needs: Needs{
		Session:     {{Password}},
		NewPassword: {{Link}},
	}}
	member = &Account{Name: "of a member", Config: community(nil), Make: withMember, Needs: Needs{
		Session: {{Password, Code}},
	}}
	memberUnderSSO = &Account{Name: "of a member, under SSO", Config: community(&backoffice.SSO{Name: "Company", URL: "https://sso.example"}), Make: withMember}
	signedIn       = &Account{Name: "signed in, with an authenticator app", Make: func(w *World) { withApp(w); w.enter() }, Needs: Needs{
		Session: {{Password, Code}},
		Proof:   {{Again}},
	}}
	signedInWithoutFactor = &Account{Name: "signed in, without a second factor", Rules: recommended, Make: func(w *World) { alone(w); w.enter() }, Needs: Needs{
		Proof: {{Again}},
	}}
	invited = &Account{Name: "invited", Make: withInvitation, Needs: Needs{
		NewPassword: {{Invited}},
		Session:     {{Password, FirstCode}},
		NewFactor:   {{Password, FirstCode}},
	}}
	nobody = &Account{Name: "the first", Empty: true, Make: func(w *World) {
		w.someone = someone{Name: "Ada", Email: "ada@example.org", Password: testoffice.Good}
		w.Links["/setup"] = w.SetupToken()
	}, Needs: Needs{NewAccount: {{SetUp}}}}
	temporary = &Account{Name: "with a temporary password", Rules: map[string]string{"password.temporary": "on"}, Make: func(w *World) {
		withApp(w)
		plain, _, err := w.desk.TemporaryPassword(ctx, desk.CommandLine(), desk.Visit{}, w.ID)
		require.NoError(w.T, err)
		w.Password = plain
	}, Needs: Needs{Session: {{Password, Code}}}}
	handed = &Account{Name: "whose new password somebody else makes a link for", Make: func(w *World) {
		withApp(w)
		link, _, err := w.desk.PasswordLink(ctx, desk.CommandLine(), desk.Visit{}, w.ID)
		require.NoError(w.T, err)
		w.Links["/reset"] = testoffice.Token(link)
	}, Needs: Needs{NewPassword: {{Link}}}}
)

var recommended = map[string]string{"two_factor.who": "recommended"}

// alone is an account with a password.
func alone(w *World) { w.someone = w.add(w.name(), store.Operator{}) }

// withApp is an account with a password, an authenticator app and recovery codes.
func withApp(w *World) {
	alone(w)
	w.Secret, w.Codes = w.app(w.ID), w.recovery(w.ID)
}

// withMember is the account of a member of the community, with an authenticator app.
func withMember(w *World) {
	w.someone = w.add(w.name(), store.Operator{State: store.OperatorActive, MemberID: "m-" + strings.ToLower(w.name())})
	w.Secret = w.app(w.ID)
}

// community is one that checks passwords, unless its members sign in elsewhere.
func community(sso *backoffice.SSO) func(*backoffice.Config) {
	return func(c *backoffice.Config) { c.Members, c.SSO = everyAda{}, sso }
}

// everyAda is a community whose members are Ada1, Ada2 and so on, with the usual password.
type everyAda struct{}

func (everyAda) FindMember(_ context.Context, id string) (backoffice.Member, error) {
	number, is := strings.CutPrefix(id, "m-ada")
	if !is {
		return backoffice.Member{}, backoffice.ErrNoMember
	}
	return backoffice.Member{ID: id, Name: "Ada" + number, Email: "ada" + number + "@example.org"}, nil
}

func (a everyAda) FindMemberByLogin(ctx context.Context, login string) (backoffice.Member, error) {
	name, _, _ := strings.Cut(strings.ToLower(login), "@")
	return a.FindMember(ctx, "m-"+name)
}

func (everyAda) CheckMemberPassword(_ context.Context, id, password string) (bool, error) {
	return strings.HasPrefix(id, "m-ada") && password == testoffice.Good, nil
}

// withInvitation is an account that has only an invitation.
func withInvitation(w *World) {
	name := w.name()
	email := strings.ToLower(name) + "@example.org"
	op, link, err := w.desk.Invite(ctx, desk.CommandLine(), desk.Visit{}, desk.InviteForm{Email: email, Name: name, Roles: []string{backoffice.Moderator}})
	require.NoError(w.T, err)
	w.someone = someone{ID: op.ID, Name: email, Email: email}
	w.Links["/welcome"] = testoffice.Token(link)
}

// enter signs the account in, so long ago that nothing is proven any more.
func (w *World) enter() {
	token, now := vault.Token(), w.Clock.Now()
	w.Write(store.PutSession{Session: store.Session{
		Digest: store.DigestOf(token), ID: vault.ID(), OperatorID: w.ID,
		CreatedAt: now.Add(-20 * time.Minute), ProvedAt: now.Add(-20 * time.Minute), SeenAt: now, EndsAt: now.Add(10 * time.Hour), UserAgent: w.Agent,
	}})
	w.SetCookie(browse.SessionCookie, token)
}
