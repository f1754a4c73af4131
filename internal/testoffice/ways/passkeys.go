package ways

import (
	"html"
	"regexp"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// The kinds of accounts with passkeys.
var (
	keyed = &Account{Name: "with a passkey", Config: browse.WithPasskeys, Make: withKey, Needs: Needs{
		Session: {{Password, Passkey | RecoveryCode}},
	}}
	keyedAlone = &Account{Name: "with a passkey, where it may be the whole sign-in", Config: browse.WithPasskeys, Rules: map[string]string{"passkeys.alone": "on"}, Make: withKey, Needs: Needs{
		Session: {{Password, Passkey | RecoveryCode}, {PasskeyAlone}},
	}}
	mustUseKey = &Account{Name: "with a passkey, which it must use, and an app", Config: browse.WithPasskeys, Rules: everyone, Make: func(w *World) {
		withKey(w)
		w.Secret = w.app(w.ID)
	}, Needs: Needs{
		Session: {{Password, Passkey}},
	}}
	mayAddKey = &Account{Name: "without a second factor, which may be a passkey", Config: browse.WithPasskeys, Make: func(w *World) { alone(w); w.getKey() }, Needs: Needs{
		Session:   {{Password, FirstCode | NewPasskey}},
		NewFactor: {{Password, FirstCode | NewPasskey}},
	}}
	mustAddKey = &Account{Name: "without a second factor, which must be a passkey", Config: browse.WithPasskeys, Rules: everyone, Make: func(w *World) { alone(w); w.getKey() }, Needs: Needs{
		Session:   {{Password, NewPasskey}},
		NewFactor: {{Password, NewPasskey}},
	}}
	keyedIn = &Account{Name: "signed in, with a passkey", Config: browse.WithPasskeys, Make: func(w *World) { withKey(w); w.enter() }, Needs: Needs{
		Proof: {{Again}},
	}}
	keyedInWithCode = &Account{Name: "signed in with a code, and must use a passkey", Config: browse.WithPasskeys, Rules: everyone, Make: func(w *World) {
		withKey(w)
		w.Secret = w.app(w.ID)
		w.enter()
	}, Needs: Needs{Proof: {{Again}}}}
)

var everyone = map[string]string{"passkeys.who": "everyone"}

// getKey gives the owner of the account an authenticator, without a passkey.
func (w *World) getKey() { w.Key = authenticator.New(w.Cfg.Origin) }

// withKey is an account with a password, a passkey and recovery codes.
func withKey(w *World) {
	alone(w)
	w.getKey()
	token, now := vault.Token(), w.Clock.Now()
	w.Write(store.PutSession{Session: store.Session{
		Digest: store.DigestOf(token), ID: vault.ID(), OperatorID: w.ID, CreatedAt: now, ProvedAt: now, SeenAt: now, EndsAt: now.AddDate(0, 0, 1),
	}})
	id, err := w.desk.Authenticate(ctx, desk.Visit{}, token)
	require.NoError(w.T, err)
	options, err := w.desk.BeginPasskey(ctx, id)
	require.NoError(w.T, err)
	answer, err := w.Key.Create(options)
	require.NoError(w.T, err)
	_, codes, err := w.desk.AddPasskey(ctx, desk.Visit{}, id, answer, "")
	require.NoError(w.T, err)
	w.Codes = codes
	w.Write(store.EndSessions{OperatorID: w.ID, All: true})
	w.first = w.Password
}

var passkeyOptions = regexp.MustCompile(`data-passkey="(get|create)"[^>]* data-options="([^"]*)"`)

// answer is what the authenticator answers to a page in a browser; "" if the page does not ask.
func (w *World) answer(b *browse.Browser, page string, change ...func(*authenticator.Answer)) string {
	asked := passkeyOptions.FindStringSubmatch(b.Get(page).Body)
	if asked == nil {
		return ""
	}
	ask := w.Key.Get
	if asked[1] == "create" {
		ask = w.Key.Create
	}
	answer, err := ask(html.UnescapeString(asked[2]), change...)
	if err != nil {
		return "" // it has no passkey for this page, or one already
	}
	return answer
}

// signed posts what the authenticator answers to a page, if it asks.
func signed(page, path string, change ...func(*authenticator.Answer)) func(*World) browse.Page {
	return func(w *World) browse.Page {
		answer := w.answer(w.Browser, page, change...)
		if answer == "" {
			w.Void()
			answer = w.Used["passkey"]
		}
		return w.Fill(path, "passkey", w.Tried("passkey", answer), "next", "/account")
	}
}

func used(path string) func(*World) browse.Page {
	return func(w *World) browse.Page { return w.Fill(path, "passkey", w.Used["passkey"]) }
}

// elsewhere posts an answer to what another browser was asked.
func elsewhere(page, path string) func(*World) browse.Page {
	return func(w *World) browse.Page {
		return w.Fill(path, "passkey", w.answer(w.land.browser(), page))
	}
}

func otherSite(a *authenticator.Answer)  { a.Origin = "https://community.example.net" }
func unverified(a *authenticator.Answer) { a.Verified = false }

// secondKeys are answers of a passkey after the password.
var secondKeys = []Request{
	right("the passkey", "/login/passkey", Passkey, signed("/login/passkey", "/login/passkey")),
	wrong("the passkey, for another site", "/login/passkey", signed("/login/passkey", "/login/passkey", otherSite)),
	wrong("the answer that was used", "/login/passkey", used("/login/passkey")),
	wrong("an answer for the whole sign-in", "/login/passkey", signed("/login", "/login/passkey")),
}

// loneKeys are answers of a passkey alone.
var loneKeys = []Request{
	right("the passkey alone", "/login/with-passkey", PasskeyAlone, signed("/login", "/login/with-passkey")),
	wrong("the passkey alone, without a PIN", "/login/with-passkey", signed("/login", "/login/with-passkey", unverified)),
	wrong("the answer alone that was used", "/login/with-passkey", used("/login/with-passkey")),
	wrong("the answer alone that another browser was asked for", "/login/with-passkey", elsewhere("/login", "/login/with-passkey")),
	wrong("an answer for the second step, alone", "/login/with-passkey", signed("/login/passkey", "/login/with-passkey")),
}

// newKeys are passkeys that are added during a sign-in.
var newKeys = []Request{
	right("a new passkey", "/login/enrol/passkey", NewPasskey, signed("/login/enrol/passkey", "/login/enrol/passkey")),
	wrong("a new passkey, for another site", "/login/enrol/passkey", signed("/login/enrol/passkey", "/login/enrol/passkey", otherSite)),
	wrong("the answer that made one", "/login/enrol/passkey", used("/login/enrol/passkey")),
}

// keysAgain are answers of a passkey in a session.
var keysAgain = []Request{
	right("the passkey again", "/step-up", Again, signed("/step-up", "/step-up")),
	wrong("the passkey again, without a PIN or a password", "/step-up", signed("/step-up", "/step-up", unverified)),
	wrong("the passkey again, for another site", "/step-up", signed("/step-up", "/step-up", otherSite)),
	wrong("the answer again that was used", "/step-up", used("/step-up")),
}

// codesAgain are the password and a code in a session that takes only a passkey.
var codesAgain = []Request{
	wrong("password and code, in place of a passkey", "/step-up", stepUp(inForce, fresh)),
	wrong("password and recovery code, in place of a passkey", "/step-up", stepUp(inForce, (*World).recoveryCode)),
}

// withPasskeys are the ways that take one.
var withPasskeys = []Way{
	{
		Name: "passkey as second factor", At: []string{"/login", "/login/passkey"},
		Requires: "password **and** an answer of a passkey of the account, to this browser and this sign-in; where a role or `passkeys.who` asks for a passkey, no code or recovery code in its place",
		Gives:    "a session",
		Walks: []Steps{
			{keyed, join(passwords[:1], secondKeys, recoveryCodes[:1], goBack), Session},
			{mustUseKey, join(passwords[:1], secondKeys[:1], codes[:1], recoveryCodes[:1], firstCodes[:1], newKeys[:1]), Session},
		},
	},
	{
		Name: "passkey alone", At: []string{"/login/with-passkey"},
		Requires: "an answer of a passkey that checked its user (PIN, fingerprint, face), to this browser; only if `passkeys.alone` is on (off by default)",
		Gives:    "a session",
		Walks: []Steps{
			{keyedAlone, join(loneKeys, passwords[:1], secondKeys[:1]), Session},
			{keyed, loneKeys[:1], ""},
		},
	},
	{
		Name: "passkey added during sign-in", At: []string{"/login", "/login/enrol/passkey"},
		Requires: "password, and a new passkey; only without a second factor, and the only choice where a passkey is asked for",
		Gives:    "a session, and recovery codes",
		Walks: []Steps{
			{mayAddKey, join(passwords[:1], newKeys, firstCodes[:1], goBack), Session},
			{mustAddKey, join(passwords[:1], newKeys[:1], firstCodes[:1], codes[:1]), Session},
			{keyed, join(passwords[:1], newKeys[:1]), ""},
		},
	},
	{
		Name: "step-up with a passkey", At: []string{"/step-up"},
		Requires: "a session, and an answer of a passkey that checked its user, or else the password too; where a passkey is asked for, nothing else",
		Gives:    "sensitive changes for 5 minutes",
		Walks: []Steps{
			{keyedIn, keysAgain, Proof},
			{keyedInWithCode, join(keysAgain[:1], codesAgain), Proof},
		},
	},
}
