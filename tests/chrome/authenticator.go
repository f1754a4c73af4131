package chrome

import (
	"context"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Authenticator is a virtual authenticator in a tab, with the passkeys that it was asked to
// make. Its user is present and verified, until a test says otherwise.
type Authenticator struct {
	b  *Browser
	id webauthn.AuthenticatorID
}

// Authenticator plugs one in: one that is part of the device, as a phone or a laptop has it, and
// offers its passkeys by itself. It stays until the tab is closed.
func (b *Browser) Authenticator() *Authenticator {
	b.t.Helper()
	a := &Authenticator{b: b}
	b.run("plug in an authenticator", webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		a.id, err = webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21,
			Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true,
			IsUserVerified: true, AutomaticPresenceSimulation: true,
		}).Do(ctx)
		return err
	}))
	return a
}

// Present says whether its user answers. If not, a ceremony waits until it is cancelled or its
// time is over.
func (a *Authenticator) Present(present bool) {
	a.b.t.Helper()
	a.b.run("be present", webauthn.SetAutomaticPresenceSimulation(a.id, present))
}

// Verified says whether its user passes verification, by a finger or a PIN.
func (a *Authenticator) Verified(verified bool) {
	a.b.t.Helper()
	a.b.run("be verified", webauthn.SetUserVerified(a.id, verified))
}

// Passkeys are those that it holds.
func (a *Authenticator) Passkeys() (held []*webauthn.Credential) {
	a.b.t.Helper()
	a.b.run("list the passkeys", chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		held, err = webauthn.GetCredentials(a.id).Do(ctx)
		return err
	}))
	return held
}

// Forget deletes all that it holds.
func (a *Authenticator) Forget() {
	a.b.t.Helper()
	a.b.run("forget all passkeys", webauthn.ClearCredentials(a.id))
}

// Clone plugs in another one with a copy of a passkey, as it was then.
func (b *Browser) Clone(held *webauthn.Credential) *Authenticator {
	b.t.Helper()
	a := b.Authenticator()
	b.run("copy a passkey", webauthn.AddCredential(a.id, held))
	return a
}
