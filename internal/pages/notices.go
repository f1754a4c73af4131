package pages

import "github.com/postern-go/postern/internal/view"

// notice is what a page says after a redirect to it. The redirect carries its
// code alone, so that a URL cannot make the office say anything else. A page
// declares its own beside its POST, as a package variable.
type notice struct{ code string }

// notices are all that were declared, by code.
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

// at is the path with the notice on it.
func (n notice) at(path string) string { return path + "?done=" + n.code }

// nothingChanged is said by every form that was posted as it was shown.
var nothingChanged = info("nothing", "There was nothing to change.")
