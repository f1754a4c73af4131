package pages

import (
	"net/http"
	"net/url"
	"strings"
)

// A person follows a redirect and reads a page; a script does not, and takes the 200
// of the sign-in page for success. See docs/decisions/032.

// navigation reports whether the browser shows the answer to this request as a page,
// in a tab or a frame.
//
// Browsers say so in Sec-Fetch-Mode. Of those that do not, a navigation names HTML in
// Accept. A program such as curl, which asks for nothing in particular, is answered like
// a navigation.
func (c *call) navigation() bool {
	switch mode := c.r.Header.Get("Sec-Fetch-Mode"); {
	case mode != "":
		return mode == "navigate" || mode == "nested-navigate" // a frame, in older Chromium
	case c.htmx(), len(c.r.Header["Upgrade"]) > 0, c.extendedConnect():
		return false
	}
	// Web views of Android state the name of their app, which has dots.
	if by := c.r.Header.Get("X-Requested-With"); by != "" && !strings.Contains(by, ".") {
		return false
	}
	other, anything := false, false
	for _, accepted := range strings.Split(strings.Join(c.r.Header["Accept"], ","), ",") {
		kind, _, _ := strings.Cut(accepted, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "text/html", "application/xhtml+xml":
			return true
		case "*/*":
			anything = true
		case "":
		default:
			other = true
		}
	}
	return !other && !(anything && strings.HasPrefix(c.r.UserAgent(), "Mozilla/"))
}

// htmx reports whether htmx made this request, boosted whether it did so for a link or
// form of which it wants the whole page.
func (c *call) htmx() bool    { return c.r.Header.Get("Hx-Request") == "true" }
func (c *call) boosted() bool { return c.htmx() && c.r.Header.Get("Hx-Boosted") == "true" }

// lead sends a person to a page inside the office. To a script, a page that they must
// finish first is a refusal that says where it is. htmx takes the whole page there.
func (c *call) lead(to string) error {
	if c.navigation() {
		return c.redirect(to)
	}
	page, query, _ := strings.Cut(to, "?")
	var p problem
	switch {
	case within(page, "/login"):
		// RFC 9110 section 15.5.2 wants a challenge. Browsers ask for a password if they
		// know its scheme; this one is not theirs.
		c.w.Header().Set("WWW-Authenticate", `Cookie realm="office"`)
		p = problem{Type: "signed-out", Status: http.StatusUnauthorized, Title: c.t("refusal.signed_out.title"), Detail: c.t("refusal.signed_out.detail")}
	case page == "/step-up":
		p = problem{Type: "step-up-required", Status: http.StatusForbidden, Title: c.t("refusal.step_up.title"), Detail: c.t("refusal.step_up.detail")}
	case c.identity == nil || page != c.requiredStep():
		return c.redirect(to)
	case page == passkeyPath && c.identity.MustAddPasskey:
		p = problem{Type: "passkey-required", Status: http.StatusForbidden, Title: c.t("passkey.required.title"), Detail: c.t("passkey.required.detail")}
	case page == enrolPath, page == passkeyPath:
		p = problem{Type: "two-factor-required", Status: http.StatusForbidden, Title: c.t("refusal.two_factor.title"), Detail: c.t("refusal.two_factor.detail")}
	default:
		p = problem{Type: "new-password-required", Status: http.StatusForbidden, Title: c.t("refusal.new_password.title"), Detail: c.t("refusal.new_password.detail")}
	}
	q, _ := url.ParseQuery(query)
	q.Del("next") // what a script asked for is no page to go on to
	if next := c.shown(); next != "/" {
		q.Set("next", next)
	}
	p.Location = c.base + page
	if len(q) > 0 {
		p.Location += "?" + q.Encode()
	}
	if c.htmx() {
		c.w.Header().Set("HX-Redirect", p.Location)
	}
	return c.writeProblem(p)
}

// shown returns the path inside the office of the page that the browser shows, to go on
// to: that which htmx states, or the one that it is about to show. If it is not known,
// or not in this office, it is the home page.
func (c *call) shown() string {
	if c.boosted() && !c.unsafe() {
		return c.requested()
	}
	u, err := url.Parse(c.r.Header.Get("Hx-Current-Url"))
	if err != nil || u.Scheme+"://"+u.Host != c.Desk.Origin || u.User != nil {
		return "/"
	}
	path, ok := strings.CutPrefix(u.EscapedPath(), c.base)
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	if !ok {
		return "/"
	}
	return safeNext(path)
}

// next returns the path to go on to that a page was given. A script knows the path of
// its page with the alias, and perhaps with a fragment, which is not taken.
func (c *call) next(values url.Values) string {
	next, _, _ := strings.Cut(values.Get("next"), "#")
	if inside, ok := strings.CutPrefix(next, c.base); ok && strings.HasPrefix(inside, "/") {
		next = inside
	}
	return safeNext(next)
}
