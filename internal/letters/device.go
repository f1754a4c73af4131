package letters

import (
	"strings"

	"github.com/postern-go/postern/internal/messages"
)

// product is a mark in a User-Agent header and what to call it: the name of a product, or
// a key of the catalogue.
type product struct{ mark, name string }

// Most browsers name the ones they descend from, so the youngest come first.
var browsers = []product{
	{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"Edge/", "Edge"},
	{"OPR/", "Opera"}, {"Vivaldi/", "Vivaldi"}, {"SamsungBrowser/", "Samsung Internet"},
	{"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"},
	{"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	{"curl/", "curl"}, {"Wget/", "Wget"}, {"python-requests/", "account.device.python"}, {"Go-http-client/", "account.device.go"},
}

// Android says Linux too, and iPhones say Mac OS X.
var systems = []product{
	{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
	{"Macintosh", "Mac"}, {"Mac OS X", "Mac"}, {"Linux", "Linux"}, {"FreeBSD", "FreeBSD"},
}

// Device describes a User-Agent header in a language; see [DeviceText].
func Device(in *messages.Language, userAgent string) string { return in.Say(DeviceText(userAgent)) }

// DeviceText describes a User-Agent header in our words, such as "Firefox on Windows",
// for people to recognise their own devices by; it proves nothing. No text of the
// header itself gets into an email or a page: the sender of a request chooses it,
// and people trust us. If the header names a system, it is the argument "system".
func DeviceText(userAgent string) messages.Text {
	browser, system := find(browsers, userAgent), find(systems, userAgent)
	switch {
	case browser == "" && system == "":
		return messages.New("account.device.unknown")
	case browser == "":
		return messages.New("account.device.system", "system", system)
	case system == "":
		return called(browser)
	}
	return messages.New("account.device.both", "browser", called(browser), "system", system)
}

// called says the name of a product.
func called(name string) messages.Text {
	if strings.HasPrefix(name, "account.device.") {
		return messages.New(name)
	}
	return messages.Plain(name)
}

func find(products []product, header string) string {
	for _, p := range products {
		if strings.Contains(header, p.mark) {
			return p.name
		}
	}
	return ""
}
