package settings

import "slices"

// Section is a page of parameters.
type Section struct {
	// ID is the last part of its path, and Title its heading. Text explains it, if
	// the title does not.
	ID, Title, Text string
}

// The sections. Sessions are not at "sessions", where everyone can be signed out.
var (
	SectionPasswords   = Section{"passwords", "Passwords", "Requirements for new passwords. Existing passwords are not checked against them."}
	SectionReset       = Section{"reset", "Password reset", "“Forgot your password?” and the links that it sends."}
	SectionSignIn      = Section{"sign-in", "Sign-in limits", "Limits that slow down guessing. They do not sign anyone out."}
	SectionNetworks    = Section{"networks", "Networks", "Where operators can use the office from."}
	SectionTwoFactor   = Section{"two-factor", "Two-factor authentication", "Who must confirm a sign-in with an authenticator app."}
	SectionSessions    = Section{"session-limits", "Sessions", "How long operators stay signed in."}
	SectionForms       = Section{"forms", "Forms", "How fast forms may be sent."}
	SectionInvitations = Section{"invitations", "Invitations", "The links that new operators are sent."}
	SectionMaintenance = Section{"maintenance", "Maintenance", "Super-administrators can still sign in."}
	SectionAudit       = Section{"audit-log", "Audit log", "What is written to the audit log, and for how long it is kept."}
	SectionLook        = Section{"look", "Name and look", "A logo is set in the server’s configuration."}
)

var sections = []Section{
	SectionPasswords, SectionReset, SectionSignIn, SectionNetworks, SectionTwoFactor, SectionSessions,
	SectionForms, SectionInvitations, SectionMaintenance, SectionAudit, SectionLook,
}

// Sections returns all sections, in the order of the pages.
func Sections() []Section { return slices.Clone(sections) }
