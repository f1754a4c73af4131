package desk

import (
	"context"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// Method is how an operator proved last who they are. Sessions keep it.
type Method string

const (
	MethodPassword Method = "password"
	// MethodTOTP is a code of an authenticator app, and MethodRecovery a recovery code,
	// after a first step.
	MethodTOTP     Method = "totp"
	MethodRecovery Method = "recovery"
	// MethodPasskey is a passkey, after a first step or alone.
	MethodPasskey Method = "passkey"
	// MethodCompany is the company sign-in. With the others, the company has asked for two
	// factors, or for one that cannot be phished, and the host accepts that.
	MethodCompany          Method = "company"
	MethodCompanyTwoFactor Method = "company-two-factor"
	MethodCompanyResistant Method = "company-resistant"
)

// elsewhere reports whether two factors were proved that the office does not have, so that it
// need not ask for its own.
func (m Method) elsewhere() bool { return m == MethodCompanyTwoFactor || m == MethodCompanyResistant }

// company reports whether nothing but the company sign-in was proved, which may have been
// long before.
func (m Method) company() bool { return m == MethodCompany || m.elsewhere() }

// twoFactors reports whether two factors were proved.
func (m Method) twoFactors() bool {
	switch m {
	case MethodTOTP, MethodRecovery, MethodPasskey, MethodCompanyTwoFactor, MethodCompanyResistant:
		return true
	}
	return false
}

// factors are what the audit log calls them.
var factors = map[Method]string{
	MethodPassword: "password", MethodTOTP: "authenticator", MethodRecovery: "recovery code", MethodPasskey: "passkey",
	MethodCompany: "company sign-in", MethodCompanyTwoFactor: "company sign-in with two factors", MethodCompanyResistant: "company sign-in that resists phishing",
}

func (m Method) factor() string { return factors[m] }

// Text says it to people; it is empty for sessions from before it was kept.
func (m Method) Text() messages.Text {
	if factors[m] == "" {
		return messages.Text{}
	}
	return messages.New("passkey.method." + string(m))
}

// way is how an operator came in: by which method, and in which session of the company's
// identity provider, if any.
type way struct {
	method   Method
	provider string
	// at is when the provider checked who it is. Zero if it does not say.
	at time.Time
	// added reports that the second factor was added after it, by whoever it was.
	added bool
}

// provedAt is when the operator of a session that begins now proved who they are. Whoever is
// still signed in at the provider gets here without a question: that is no fresh proof.
func (w way) provedAt(now time.Time) time.Time {
	if (w.method.company() || w.added && w.provider != "") && w.at.Before(now) {
		return w.at
	}
	return now
}

// then is the way of a sign-in that ends with a second factor.
func (p PreSession) then(second Method) way {
	return way{method: second, provider: p.PreSession.Provider}
}

// adding is the way of a sign-in that ends with adding a second factor.
func (p PreSession) adding(second Method) way {
	w := p.then(second)
	w.added = true
	return w
}

// firstStep is a first step of a sign-in that was right, and what its commit holds.
type firstStep struct {
	// method and provider are kept with the pre-session or the session.
	method   Method
	provider string
	// at is way.at.
	at time.Time
	// event is the code of the audit entry if a second step follows.
	event string
	// enough reports that it proved two factors, and resistant that one of them cannot be
	// phished: then no second step follows. One that is only enough does not replace a
	// passkey that is required.
	enough, resistant bool
	// next is the path inside the office to go on to.
	next string
	// writes are committed in any case, waiting only if a second step follows, opening
	// only if the session begins.
	writes, waiting, opening []store.Write
}

// secondStep reports whether a second step must follow: the operator has a second factor, or
// needs one. Who must have a passkey and has none adds it in the session, if the first step
// proved two factors.
func (d *Desk) secondStep(view store.SignInView, first firstStep) bool {
	switch {
	case first.resistant:
		return false
	case d.onlyPasskey(view):
		return true
	case first.enough:
		return false
	}
	// While only the company sign-in is accepted, a password breaks the glass.
	return len(view.Factors) > 0 || d.mustHaveSecond(view) || first.method == MethodPassword && d.CompanyOnly()
}

// mustHaveSecond reports whether a role or parameter requires a second factor.
func (d *Desk) mustHaveSecond(view store.SignInView) bool {
	return d.mustHavePasskey(view) || mustHaveTwoFactor(d.Settings().TwoFactor(d.Now()), d.rolesIn(view))
}

func (d *Desk) rolesIn(view store.SignInView) []Role {
	return d.rolesOf(view.Operator.PrimaryRole, view.Operator.Roles, view.Roles)
}

// passFirst begins the session, or the pre-session if a second step follows, in one commit.
// It checks nothing of the first step. The view is from findSignIn; the CreatedAt of its
// PreSession is when the sign-in began.
func (d *Desk) passFirst(ctx context.Context, v Visit, view store.SignInView, first firstStep) (Passed, error) {
	o := view.Operator
	if !d.HasPasskeys() && d.mustHavePasskey(view) {
		d.Log.ErrorContext(ctx, "an operator must use a passkey, but Config.Passkeys is nil: they cannot finish their sign-in", "operator", o.ID)
	}
	writes := append([]store.Write{store.CheckOperator{ID: o.ID, Version: o.Version}}, first.writes...)
	if !d.secondStep(view, first) {
		return d.begin(ctx, v, view, first.next, way{method: first.method, provider: first.provider, at: first.at}, append(writes, first.opening...))
	}
	token := vault.Token()
	event := d.Audit(v, first.event, Success).By(o).Target(o).Write()
	writes = append(slices.Concat(writes, first.waiting), store.PutPreSession{PreSession: store.PreSession{
		Digest: store.DigestOf(token), OperatorID: o.ID, OperatorVersion: o.Version,
		CreatedAt: view.PreSession.CreatedAt, ExpiresAt: d.Now().Add(preSessionLife), Next: first.next,
		IP: OneLine(v.IP, 64), UserAgent: OneLine(v.UserAgent, 512),
		Method: string(first.method), Provider: first.provider,
	}, Keep: fewBegun}, event)
	if err := d.Commit(ctx, writes...); err != nil {
		return Passed{}, signInError(err)
	}
	return Passed{Token: token, Next: first.next}, nil
}

// begin commits a session together with the writes that led to it. The session begins
// with its sign-in, when the first step came: if everyone has been signed out since then,
// even on another replica, the session is over as well.
func (d *Desk) begin(ctx context.Context, v Visit, view store.SignInView, next string, by way, writes []store.Write) (Passed, error) {
	o := view.Operator
	if err := d.admitted(ctx, v, o); err != nil {
		return Passed{}, err
	}
	if err := d.askSignIn(ctx, v, view, by.method.twoFactors()); err != nil {
		return Passed{}, err
	}
	if err := d.stillProvided(ctx, by.provider, view.PreSession.CreatedAt); err != nil {
		return Passed{}, err
	}
	token, now := vault.Token(), d.Now()
	session := store.Session{
		Digest: store.DigestOf(token), ID: vault.ID(), OperatorID: o.ID,
		CreatedAt: view.PreSession.CreatedAt, SeenAt: now, ProvedAt: by.provedAt(now), EndsAt: now.Add(d.Settings().Session.Absolute),
		IP: OneLine(v.IP, 64), UserAgent: OneLine(v.UserAgent, 512), Method: string(by.method), Provider: by.provider,
	}
	event := d.Audit(v, "signin.succeeded", Success).By(o).Target(o).Session(session).With("factor", by.method.factor()).Write()
	told, err := d.newDevice(ctx, v, view)
	if err != nil {
		return Passed{}, err
	}
	if writes, err = d.withLock(ctx, o, slices.Concat(writes, told, d.completed(view))); err != nil {
		return Passed{}, err
	}
	browser, browsers := d.remember(v, o.ID, view.Browser)
	writes = append(writes,
		store.PutSession{Session: session, Keep: d.Settings().Session.PerOperator, Device: d.device(v)},
		browser, event)
	if err := d.commitEvicting(ctx, v, view, writes); err != nil {
		return Passed{}, signInError(err)
	}
	return Passed{Token: token, SignedIn: true, SessionID: session.ID, Name: o.Name, Email: o.Email, Next: next, Browsers: browsers}, nil
}
