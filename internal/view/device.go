package view

import "github.com/postern-go/postern/internal/useragent"

// Device says in words what a User-Agent header claims: "Firefox on Windows".
// It is for people to recognise their own devices by, and proves nothing. What
// it does not know is "A browser we do not know"; nothing of the header is
// printed.
func Device(userAgent string) string {
	browser, system := useragent.Browser(userAgent), useragent.System(userAgent)
	switch {
	case browser == "" && system == "":
		return "A browser we do not know"
	case browser == "":
		return "A browser on " + system
	case system == "":
		return browser
	default:
		return browser + " on " + system
	}
}

// DeviceIcon names the sign that stands beside the words of [Device].
func DeviceIcon(words string) string {
	system := useragent.System(words)
	switch {
	case system == "iPhone" || system == "Android":
		return "phone"
	case system == "iPad":
		return "tablet"
	case system == "":
		return "unknown"
	default:
		return "device"
	}
}
