package letters

import "github.com/postern-go/postern/internal/useragent"

// device puts a User-Agent header into words of ours. None of the header gets
// into the mail: whoever sends a request chooses it, and the mail goes to
// somebody who trusts us.
func device(userAgent string) string {
	browser, system := useragent.Browser(userAgent), useragent.System(userAgent)
	switch {
	case browser == "" && system == "":
		return "not known"
	case browser == "":
		return "not known, on " + system
	case system == "":
		return browser
	}
	return browser + " on " + system
}
