package pages

import (
	"net/http"
	"regexp"
	"strings"
	"unicode"

	"github.com/postern-go/postern/internal/view"
)

// LinkPage refuses a link that has expired, was used or is unknown, without
// saying which.
type LinkPage struct{ Contact string }

func (LinkPage) Template() string { return "link" }

// linkPages are the pages that links lead to.
var linkPages = []string{"/setup", "/welcome", "/reset"}

// showMisplaced shows the page that the posted link belongs to, with the link in it.
func (c *call) showMisplaced(page string) error {
	f, token := view.Form{}, c.form.Get("token")
	switch page {
	case "/setup":
		f = f.Refuse("", "This is the setup link, which belongs on this page.")
		return c.showSetup(http.StatusUnprocessableEntity, SetupPage{Form: f, Token: token})
	case "/welcome":
		f = f.Refuse("", "This is the link of an invitation, which belongs on this page. Enter the password again.")
		return c.showWelcome(http.StatusUnprocessableEntity, WelcomePage{Form: f, Token: token})
	}
	f = f.Refuse("", "This is a link for a new password, which belongs on this page. Enter the password again.")
	return c.showReset(http.StatusUnprocessableEntity, ResetPage{Form: f, Token: token})
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
		case ok && rest == "" && asQuery.MatchString(query):
			return page, true
		case !ok || rest == "":
		case coded.MatchString(rest):
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
	coded = regexp.MustCompile(`^[^\pL\pN_.~-]*([#＃﹟]|%(25)*23|&(amp;)*(#35|#x23|num);|=(3D)?23)|^[^\pL\pN_.~-].*[\w-]{40}`)
	// asQuery is a token whose "#" has become a "?".
	asQuery = regexp.MustCompile(`^(\w+=)?[\w-]{40,}$`)
	// entity is a sign around a link, as HTML has it.
	entity = regexp.MustCompile(`&(amp;)*(amp|lt|gt|quot|apos|nbsp|#\d+);`)
)

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
