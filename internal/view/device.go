package view

import "strings"

// Device says in words what a User-Agent header claims: "Firefox on Windows".
// It is for people to recognise their own devices by, and proves nothing. What
// it does not know is "A browser we do not know"; nothing of the header is
// printed.
func Device(userAgent string) string {
	browser := firstMatch(userAgent, browsers)
	system := firstMatch(userAgent, systems)
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
	system := firstMatch(words, systems)
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

type mark struct{ token, name string }

// The order matters: most browsers claim to be others too, and the particular
// claim is the true one.
var (
	browsers = []mark{
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"},
		{"OPR/", "Opera"}, {"Vivaldi/", "Vivaldi"}, {"SamsungBrowser/", "Samsung Internet"},
		{"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"},
		{"CriOS/", "Chrome"}, {"HeadlessChrome/", "Chrome"}, {"Chrome/", "Chrome"}, {"Chromium/", "Chromium"},
		{"Version/", "Safari"},
		{"curl/", "curl"}, {"Go-http-client/", "A Go program"},
	}
	systems = []mark{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"},
		{"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Macintosh", "Mac"}, {"Linux", "Linux"}, {"FreeBSD", "FreeBSD"},
	}
)

func firstMatch(s string, marks []mark) string {
	for _, m := range marks {
		if strings.Contains(s, m.token) {
			return m.name
		}
	}
	return ""
}
