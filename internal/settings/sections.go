package settings

import (
	"slices"

	"github.com/postern-go/postern/internal/messages"
)

// Section is a page of parameters.
type Section struct {
	// ID is the last part of its path.
	ID string
}

// Title is the heading of its page.
func (s Section) Title() messages.Text { return messages.New("settings.section." + s.ID + ".title") }

// Text explains what its parameters are about.
func (s Section) Text() messages.Text { return messages.New("settings.section." + s.ID + ".text") }

// The sections. Sessions are not at "sessions", where everyone can be signed out.
var (
	SectionPasswords   = Section{"passwords"}
	SectionReset       = Section{"reset"}
	SectionSignIn      = Section{"sign-in"}
	SectionCompany     = Section{"company-sign-in"}
	SectionNetworks    = Section{"networks"}
	SectionTwoFactor   = Section{"two-factor"}
	SectionSessions    = Section{"session-limits"}
	SectionForms       = Section{"forms"}
	SectionInvitations = Section{"invitations"}
	SectionMaintenance = Section{"maintenance"}
	SectionAudit       = Section{"audit-log"}
	SectionLook        = Section{"look"}
)

var sections = []Section{
	SectionPasswords, SectionReset, SectionSignIn, SectionCompany, SectionNetworks, SectionTwoFactor, SectionSessions,
	SectionForms, SectionInvitations, SectionMaintenance, SectionAudit, SectionLook,
}

// Sections returns all sections, in the order of the pages.
func Sections() []Section { return slices.Clone(sections) }
