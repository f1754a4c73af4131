package view

import "github.com/postern-go/postern/internal/useragent"

// Device says in words what a User-Agent header claims: "Firefox on Windows". It
// helps people to recognise their own devices, and proves nothing. Nothing of the
// header itself is printed.
func Device(userAgent string) string {
	browser, system := useragent.Browser(userAgent), useragent.System(userAgent)
	switch {
	case browser == "" && system == "":
		return "Unknown browser"
	case browser == "":
		return "A browser on " + system
	case system == "":
		return browser
	default:
		return browser + " on " + system
	}
}

// DeviceIcon names the icon for the words of [Device].
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
