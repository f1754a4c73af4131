package pages

import "github.com/postern-go/postern/internal/settings"

// What forms of parameters are made of and read with.
var (
	SplitDuration    = splitDuration
	JoinDuration     = joinDuration
	ReadableDuration = readableDuration
	ShownRevision    = shownRevision
	UnitsFor         = unitsFor
)

// ReadRevision reads it as an office does that has the library's defaults.
func ReadRevision(text string) (int64, map[string]string) {
	return readRevision(text, settings.Definitions())
}

// Titles of stable names.
var (
	EventTitles = eventTitles
	AreaTitles  = areaTitles
	MailTitles  = mailTitles
)
