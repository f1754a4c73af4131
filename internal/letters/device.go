package letters

import "strings"

// product is a mark in a User-Agent header and what to call it.
type product struct{ mark, name string }

// Most browsers name the ones they descend from, so the youngest come first.
var browsers = []product{
	{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"Edge/", "Edge"},
	{"OPR/", "Opera"}, {"Vivaldi/", "Vivaldi"}, {"SamsungBrowser/", "Samsung Internet"},
	{"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"},
	{"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	{"curl/", "curl"}, {"Wget/", "Wget"}, {"python-requests/", "A Python program"}, {"Go-http-client/", "A Go program"},
}

// Android says Linux too, and iPhones say Mac OS X.
var systems = []product{
	{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
	{"Macintosh", "Mac"}, {"Mac OS X", "Mac"}, {"Linux", "Linux"}, {"FreeBSD", "FreeBSD"},
}

// Device describes a User-Agent header in our words, such as "Firefox on Windows",
// for people to recognise their own devices by; it proves nothing. No text of the
// header itself gets into an email or a page: the sender of a request chooses it,
// and people trust us.
func Device(userAgent string) string {
	browser, system := find(browsers, userAgent), find(systems, userAgent)
	switch {
	case browser == "" && system == "":
		return "Unknown browser"
	case browser == "":
		return "A browser on " + system
	case system == "":
		return browser
	}
	return browser + " on " + system
}

func find(products []product, header string) string {
	for _, p := range products {
		if strings.Contains(header, p.mark) {
			return p.name
		}
	}
	return ""
}
