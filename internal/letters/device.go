package letters

import "github.com/postern-go/postern/internal/useragent"

// device describes a User-Agent header in our words. The header itself must not
// get into the email: the sender of a request chooses it, and the recipient of the
// email trusts us.
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
