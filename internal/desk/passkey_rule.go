package desk

import (
	"slices"

	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// HasPasskeys reports whether the host lets operators use passkeys.
func (d *Desk) HasPasskeys() bool { return d.Passkeys != nil }

// OffersPasskeySignIn reports whether a passkey can be the whole sign-in.
func (d *Desk) OffersPasskeySignIn() bool { return d.HasPasskeys() && d.Settings().PasskeyAlone }

// PasskeysMissing reports that the parameters ask for passkeys, which the office cannot
// check, because Config.Passkeys was taken away. Who needs one cannot sign in. What roles
// require is only seen when someone with the role signs in.
func (d *Desk) PasskeysMissing() bool {
	return !d.HasPasskeys() && d.Settings().PasskeyWho != settings.PasskeyRoles
}

// requiresPasskey reports whether the rule, or one of the roles, requires a passkey.
func requiresPasskey(rule settings.PasskeyRule, roles []Role) bool {
	switch rule {
	case settings.PasskeyEveryone:
		return true
	case settings.PasskeyAdministrators:
		if slices.ContainsFunc(roles, func(r Role) bool { return r.BuiltIn && r.RequireTwoFactor }) {
			return true
		}
	}
	return slices.ContainsFunc(roles, func(r Role) bool { return r.RequirePasskey })
}

// mustHavePasskey is requiresPasskey of the operator of a sign-in.
func (d *Desk) mustHavePasskey(view store.SignInView) bool {
	return requiresPasskey(d.Settings().PasskeyWho, d.rolesIn(view))
}

// onlyPasskey reports whether nothing but a passkey leads on to a session: one is required,
// and the operator has one. Whether it can be checked here does not matter, so that nobody
// gets in with less because it cannot.
func (d *Desk) onlyPasskey(view store.SignInView) bool {
	return has(view.Factors, store.FactorPasskey) && d.mustHavePasskey(view)
}

func has(factors []store.Factor, kind string) bool {
	return slices.ContainsFunc(factors, func(f store.Factor) bool { return f.Kind == kind })
}

func countOf(factors []store.Factor, kind string) int {
	n := 0
	for _, f := range factors {
		if f.Kind == kind {
			n++
		}
	}
	return n
}
