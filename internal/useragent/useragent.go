// Package useragent says in words of ours what a User-Agent header claims. The
// words are for people to recognise their own devices by, and prove nothing. No
// text of the header gets into them: whoever sends a request chooses it.
package useragent

import "strings"

// product is a mark in the header and what to call it.
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

// Browser names the browser, or the program; it is empty when not known.
func Browser(header string) string { return find(browsers, header) }

// System names the phone or operating system; it is empty when not known.
func System(header string) string { return find(systems, header) }

func find(products []product, header string) string {
	for _, p := range products {
		if strings.Contains(header, p.mark) {
			return p.name
		}
	}
	return ""
}
