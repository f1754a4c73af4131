package pages

import "github.com/postern-go/postern/internal/view"

// notice is what a page says after a redirect to it. The redirect carries only
// the code, so that a link cannot make the office say anything else. A page
// declares its notices beside its POST, as package variables.
type notice struct{ code string }

// notices are all declared notices, by code.
var notices = map[string]view.Notice{}

func declare(level view.Level, code, text string) notice {
	if _, taken := notices[code]; taken {
		panic("two notices have the code " + code)
	}
	notices[code] = view.Notice{Level: level, Text: text}
	return notice{code}
}

func success(code, text string) notice { return declare(view.LevelSuccess, code, text) }
func warning(code, text string) notice { return declare(view.LevelWarning, code, text) }
func info(code, text string) notice    { return declare(view.LevelInfo, code, text) }

// at returns the path with the notice added.
func (n notice) at(path string) string { return path + "?done=" + n.code }

// nothingChanged follows a form that was posted as it was shown.
var nothingChanged = info("nothing", "There was nothing to change.")
