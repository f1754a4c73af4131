package pages

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"github.com/postern-go/postern/store"
)

// The office's cookies, without their values, are named like
// "__Host-office-1f6b0a9c33d2-pre": the tag in the middle tells apart the offices that
// a browser sends its cookies to together. Ports and, with "__Host-", paths do not
// part cookies, so two offices on one host would end each other's sessions.
//
// "__Host-" makes the browser insist on Secure, Path=/ and no Domain, so that no other
// host can set them (ASVS 3.3.3). An office of a community that shares its origin has
// "__Secure-" and the community's path in place of it: the applications beside it must
// not be sent its sessions.

// cookie is one of the office's cookies.
type cookie int

const (
	sessionCookie cookie = iota
	preCookie
	// browserCookie holds a token for each account that has signed in with this
	// browser. They open nothing, and stay when it signs out.
	browserCookie
	// schemeCookie holds the colour scheme that a reader chose in this browser: "light"
	// or "dark".
	schemeCookie
	// keptCookie holds a token for what was typed into forms that were not saved. It opens
	// nothing else, and that only to the operator who typed it.
	keptCookie
	// flowCookie holds the company sign-ins that this browser has begun and not finished,
	// sealed. It is the one cookie that comes along from another site, see [call.setCookie].
	flowCookie
)

// kinds end the names.
var kinds = [...]string{sessionCookie: "", preCookie: "-pre", browserCookie: "-browser", schemeCookie: "-scheme", keptCookie: "-kept", flowCookie: "-flow"}

// CookieNames are the names of an office's cookies: of the session, of someone who is
// signed out, of the browser, of its colour scheme, of forms that are kept, and of company
// sign-ins under way.
type CookieNames [len(kinds)]string

// placeLength is the length of the first half of a tag, which the offices at one
// address share, and tagLength that of the whole.
const (
	placeLength = 6
	tagLength   = 2 * placeLength
)

// NamesOf returns the names of the cookies of the office with this id in its store and
// this Config.Origin. They are the same on every replica, after a restart and under
// another secret, and reveal nothing but the Origin.
func NamesOf(id, origin string) (names CookieNames) {
	prefix := "__Host-office-"
	switch {
	case strings.HasPrefix(origin, "http://"):
		prefix = "office-"
	case strings.Count(origin, "/") > len("//"):
		prefix = "__Secure-office-"
	}
	for i, kind := range kinds {
		names[i] = prefix + half("place "+origin) + half("office "+id) + kind
	}
	return names
}

func half(of string) string {
	digest := store.DigestOf("cookies " + of)
	return hex.EncodeToString(digest[:placeLength/2])
}

// place returns what the names begin with in all offices at this address.
func (n CookieNames) place() string { return n[sessionCookie][:len(n[sessionCookie])-placeLength] }

// keysCookie is set and read by the script alone, in which single keys are switched off.
const keysCookie = "office-keys"

// isOffices reports whether a cookie is that of an office: of this one or another, of
// this process or not. No community may see any of them.
func isOffices(name string) bool {
	if host, ok := strings.CutPrefix(name, "__Host-"); ok {
		name = host
	} else if secure, ok := strings.CutPrefix(name, "__Secure-"); ok {
		name = secure
	}
	rest, ok := strings.CutPrefix(name, "office-")
	if !ok || len(rest) < tagLength {
		return name == keysCookie
	}
	for _, b := range []byte(rest[:tagLength]) {
		if (b < '0' || b > '9') && (b < 'a' || b > 'f') {
			return false
		}
	}
	return slices.Contains(kinds[:], rest[tagLength:])
}

// mostOthers is how many other offices at this address may have cookies in a browser.
const mostOthers = 4

// forgetOffice deletes the cookies of the oldest other office at this very address, if
// there are too many: a server under development that makes a new store at each start
// would fill the browser with cookies that nobody reads. Browsers send the oldest first.
func (c *call) forgetOffice() {
	var ids, names []string
	place := c.cookies.place()
	for _, line := range c.r.Header["Cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			name, _ := splitCookie(pair)
			rest, ok := strings.CutPrefix(name, place)
			if !ok || !isOffices(name) || strings.HasPrefix(name, c.cookies[sessionCookie]) {
				continue
			}
			names = append(names, name)
			if id := rest[:placeLength]; !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) <= mostOthers {
		return
	}
	for _, name := range names {
		if strings.HasPrefix(name, place+ids[0]) {
			http.SetCookie(c.w, c.newCookie(name, ""))
		}
	}
}
