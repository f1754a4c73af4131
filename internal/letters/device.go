package letters

import "strings"

// product is a mark in a User-Agent header and what to call it.
type product struct{ mark, name string }

// Browsers name the ones they descend from, so the order is the youngest first.
var browsers = []product{
	{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Vivaldi/", "Vivaldi"}, {"SamsungBrowser/", "Samsung Internet"},
	{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chromium/", "Chromium"},
	{"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}, {"Wget/", "Wget"},
	{"python-requests/", "a Python program"}, {"Go-http-client/", "a Go program"},
}

// Android says Linux too, and iPhones say Mac OS X.
var systems = []product{
	{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"},
	{"Mac OS X", "Mac"}, {"Macintosh", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
}

// device puts a User-Agent header into words of ours. None of the header gets
// into the mail: whoever sends a request chooses it, and the mail goes to
// somebody who trusts us.
func device(userAgent string) string {
	browser, system := find(browsers, userAgent), find(systems, userAgent)
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

func find(products []product, userAgent string) string {
	for _, p := range products {
		if strings.Contains(userAgent, p.mark) {
			return p.name
		}
	}
	return ""
}
