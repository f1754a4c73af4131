package pages

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"unicode"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// LinkPage refuses a link that has expired, was used or is unknown, without
// saying which.
type LinkPage struct{ Contact string }

func (LinkPage) Template() string { return "link" }

// linkPages are the pages that links lead to.
var linkPages = []string{"/setup", "/welcome", "/reset"}

// asksAboutLink reports whether a form asks only whether its link works: the password comes
// with the next one.
func (c *call) asksAboutLink() bool { return !c.form.Has("password") }

// leaves reports whether someone signs out to follow a link, which may be pasted afterwards.
func (c *call) leaves() bool { return c.form.Get("action") == "sign-out" }

// checkLink asks whether the posted link works.
func (c *call) checkLink(check func(token string) error) error {
	token := c.form.Get("token")
	if token == "" && c.leaves() {
		return nil // it is no wrong one
	}
	return check(token)
}

// linkChecked shows the form of a link that works, or what is wrong with what was pasted,
// and first signs out the operator in whose browser someone opened it, if they asked for
// that: the link stays in the form, and enters no URL. Any other link has a page of its own.
func (c *call) linkChecked(err error, show func(status int, f view.Form) error) error {
	f, status := view.Form{}, http.StatusOK
	switch bad := (*desk.InvalidError)(nil); {
	case err == nil:
	case errors.As(err, &bad):
		f, status = c.problems(bad), http.StatusUnprocessableEntity
	default:
		return err
	}
	if c.leaves() && c.identity != nil {
		if err := c.endSession(); err != nil {
			return err
		}
		c.identity, c.left = nil, true
	}
	return show(status, f)
}

// showForLink shows the form of a link. If that signed someone out, sending it again only
// shows it again.
func (c *call) showForLink(status int, p view.Page) error {
	if c.left && status == http.StatusOK {
		return c.showDone(p)
	}
	return c.show(status, p)
}

// showMisplaced shows the page that the posted link belongs to, with the link in it.
func (c *call) showMisplaced(page string) error {
	f, status, token := view.Form{}, http.StatusOK, c.form.Get("token")
	refuse := func(text string) {
		if !c.asksAboutLink() {
			f, status = f.Refuse("", text), http.StatusUnprocessableEntity
		}
	}
	switch page {
	case "/setup":
		refuse(c.t("link.misplaced.setup"))
		return c.showSetup(status, SetupPage{Form: f, Token: token})
	case "/welcome":
		refuse(c.t("link.misplaced.welcome"))
		return c.showWelcome(status, WelcomePage{Form: f, Token: token})
	}
	refuse(c.t("link.misplaced.reset"))
	return c.showReset(status, ResetPage{Form: f, Token: token})
}

// DamagedLinkPage explains what to do with a link whose "#" was changed on its way, so
// that what follows it came as part of the path, or as the query. It is not used from
// there: servers log that.
type DamagedLinkPage struct {
	// To is the path of the page that the link should have opened.
	To string
}

func (DamagedLinkPage) Template() string { return "damaged_link" }

// damagedLink returns the page that a link should have opened if something changed or
// added characters after its path, and whether a token may be among them, or in the query.
func damagedLink(path, query string) (page string, token bool) {
	for _, page := range linkPages {
		rest, ok := strings.CutPrefix(path, page)
		switch {
		case ok && rest == "" && (asQuery.MatchString(query) || hasCode(query)):
			return page, true
		case !ok || rest == "":
		case coded.MatchString(rest) || !isWordSign.MatchString(rest) && hasCode(rest):
			return page, true
		case !strings.ContainsFunc(entity.ReplaceAllString(rest, ""), isAlphanumeric):
			return page, false
		}
	}
	return "", false
}

var (
	// coded is a "#" that came in a path, or something as long as a token. The host's own
	// pages may begin with the same word, so no sign that is common in words begins it.
	coded = regexp.MustCompile(`^[^\pL\pN_.~-]*([#＃﹟]|%(25)*23|&(amp;)*(#35|#x23|num);|=(3D)?23)|^[^\pL\pN_.~-].*(?:[\w-]{40}|(?:[0-9A-Za-z]{4}-){6}[0-9A-Za-z]{4})`)
	// asQuery is a token whose "#" has become a "?".
	asQuery = regexp.MustCompile(`^(\w+=)?([\w-]{40,}|([0-9A-Za-z]{4}-){6}[0-9A-Za-z]{4})$`)
	// isWordSign begins what is common in words.
	isWordSign = regexp.MustCompile(`^[\pL\pN_.~-]`)
	// asWord is as long as a code, typed as one word or with gaps in place of its hyphens.
	asWord = regexp.MustCompile(`\b(?:[0-9A-Za-z]{4}(?:[ +_]|%20)?){6}[0-9A-Za-z]{4}\b`)
	// entity is a sign around a link, as HTML has it.
	entity = regexp.MustCompile(`&(amp;)*(amp|lt|gt|quot|apos|nbsp|#\d+);`)
)

// hasCode reports whether a text has a code that was typed without its hyphens. Codes check
// themselves, so another word of their length is hardly taken for one.
func hasCode(text string) bool {
	word := asWord.FindString(text)
	return word != "" && desk.IsLink(word)
}

// isAlphanumeric tells the host's page from what programs take for a part of the link
// before it.
func isAlphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// serveDamagedLink answers a damaged link. Browsers keep what follows "#" when they are
// redirected.
func (c *call) serveDamagedLink() error {
	page, token := damagedLink(c.path, c.url.RawQuery)
	if !token {
		return c.redirect(page)
	}
	return c.show(http.StatusNotFound, DamagedLinkPage{To: page})
}
