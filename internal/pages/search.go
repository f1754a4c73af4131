package pages

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// SearchPage finds pages, operators, roles, parameters and members by words. Every
// reader finds what they may open.
type SearchPage struct {
	view.Form
	// Query is what was typed.
	Query  string
	Groups []FoundGroup
}

// FoundGroup is what was found of one kind.
type FoundGroup struct {
	Title string  `json:"title"`
	Items []Found `json:"items"`
}

// Found is a page to go to. Text says more about it, or is empty. Path is inside the
// office; a script gets it with the alias.
type Found struct {
	Label string `json:"label"`
	Text  string `json:"text,omitempty"`
	Path  string `json:"path"`
}

func (SearchPage) Template() string { return "search" }

const (
	// foundPerKind is how many results of one kind are listed.
	foundPerKind = 6
	// membersTime is how long the rest waits for the community's directory.
	membersTime = time.Second
)

// known are pages that are in no navigation. What one is called is the message
// "search.page." with its id, and further words that find it the same with ".words".
var known = []struct{ id, path string }{
	{"account", "/account"},
	{"account_name", "/account/name"},
	{"account_password", "/account/password"},
	{"account_two_factor", "/account/two-factor"},
	{"account_codes", "/account/recovery-codes"},
	{"account_company", accountCompanyPath},
	{"account_sessions", "/account/sessions"},
	{"lost_phone", "/operators?two_factor=yes"},
	{"invite", "/operators/new"},
	{"role_new", "/roles/new"},
	{"invite_several", "/operators/new/several"},
	{"address_history", "/audit?kind=alias"},
	{"audit_verify", "/audit/verify"},
	{"audit_events", "/audit/events"},
	{"sign_out", "/logout"},
}

// navWords are messages with further words that find pages of the navigation.
var navWords = map[string]string{
	"/operators":  "search.navigation.operators",
	"/audit":      "search.navigation.audit",
	"/parameters": "search.navigation.parameters",
	"/roles":      "search.navigation.roles",
}

// getSearch searches. A script gets the results as JSON.
func (c *call) getSearch() error {
	p := SearchPage{Query: c.query().Get("q"), Groups: []FoundGroup{}}
	w := wordsOf(p.Query)
	for _, kind := range []struct {
		title string
		find  func(wanted) ([]Found, error)
	}{
		{c.t("search.pages"), c.findPages}, {c.t("search.operators"), c.findOperators}, {c.t("search.roles"), c.findRoles},
		{c.t("search.parameters"), c.findParameters}, {c.t("search.members"), c.findMembers},
	} {
		found, err := kind.find(w)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			p.Groups = append(p.Groups, FoundGroup{Title: kind.title, Items: found})
		}
	}
	if c.navigation() || !strings.Contains(c.r.Header.Get("Accept"), "json") {
		return c.show(http.StatusOK, p)
	}
	for _, g := range p.Groups {
		for i := range g.Items {
			g.Items[i].Path = c.base + g.Items[i].Path
		}
	}
	return c.writeJSON(http.StatusOK, "application/json", p.Groups)
}

// wanted is what is looked for: the text as it was typed, and its words as [searchable]
// returns them.
type wanted struct{ text, words string }

func wordsOf(query string) wanted {
	w := wanted{text: strings.TrimSpace(query)}
	if len(w.text) <= maxNext {
		w.words = searchable(w.text)
	}
	return w
}

// in reports whether each of the words begins one of the texts' words.
func (w wanted) in(texts ...string) bool {
	return w.words != "" && settings.Matches(w.words, searchable(texts...))
}

// searchable returns the words of texts for [settings.Matches], without accents and
// apostrophes.
func searchable(texts ...string) string {
	return settings.Searchable(desk.SearchKey(strings.Join(texts, " ")))
}

// findPages finds entries of the navigation and other pages. Without words it returns
// the navigation, to choose from.
func (c *call) findPages(w wanted) (found []Found, _ error) {
	seen := map[string]bool{}
	add := func(label, text, path, more string) {
		if !seen[path] && w.in(label, text, more) && len(found) < foundPerKind {
			found = append(found, Found{Label: label, Text: text, Path: path})
		}
		seen[path] = true
	}
	for _, g := range c.nav() {
		for _, item := range g.Items {
			if w.text == "" {
				found = append(found, Found{Label: item.Label, Text: g.Title, Path: item.Path})
				continue
			}
			more := ""
			if key := navWords[item.Path]; key != "" {
				more = c.t(key)
			}
			add(item.Label, g.Title, item.Path, more)
		}
	}
	for _, p := range known {
		if p.path == accountCompanyPath && c.Desk.CompanyName() == "" {
			continue
		}
		route, _, _ := strings.Cut(p.path, "?")
		if permission := c.routes[route][http.MethodGet].permission; permission == "" || c.identity.Can(permission) {
			add(c.t("search.page."+p.id), "", p.path, c.t("search.page."+p.id+".words"))
		}
	}
	for _, b := range besides {
		if b.path != "" && c.identity.Can(desk.PermissionParametersManage) {
			add(c.t(b.label), c.t(b.section), b.path, c.t(b.words))
		}
	}
	return found, nil
}

func (c *call) findOperators(w wanted) (found []Found, _ error) {
	if w.words == "" || !c.identity.Can(desk.PermissionOperatorsView) {
		return nil, nil
	}
	list, err := c.Desk.Operators(c.ctx(), c.actor(), store.OperatorQuery{Search: w.text, Limit: foundPerKind})
	if err != nil {
		return nil, err
	}
	for _, o := range list.Rows {
		found = append(found, Found{Label: o.Name, Text: o.Email, Path: operatorPath(o.ID)})
	}
	if list.Next != nil {
		found = append(found, Found{Label: c.t("search.operators.all"), Path: "/operators?" + url.Values{"q": {w.text}}.Encode()})
	}
	return found, nil
}

func (c *call) findRoles(w wanted) (found []Found, _ error) {
	if w.words == "" || !c.identity.Can(desk.PermissionOperatorsView) {
		return nil, nil
	}
	all, err := c.Desk.AllRoles(c.ctx())
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		name, about := c.say(r.Title()), c.say(r.About())
		if w.in(name, about) && len(found) < foundPerKind {
			found = append(found, Found{Label: name, Text: about, Path: rolePath(r.ID)})
		}
	}
	return found, nil
}

func (c *call) findParameters(w wanted) (found []Found, _ error) {
	if w.words == "" || !c.identity.Can(desk.PermissionParametersManage) {
		return nil, nil
	}
	for _, d := range c.Desk.Definitions() {
		if !w.in(d.Haystack(c.words())) {
			continue
		}
		if len(found) == foundPerKind {
			return append(found, Found{Label: c.t("search.parameters.all"), Path: "/parameters?" + url.Values{"q": {w.text}}.Encode()}), nil
		}
		found = append(found, Found{Label: c.say(d.Label()), Text: c.say(d.Section()), Path: parameterPath(d)})
	}
	return found, nil
}

// findMembers asks the community's directory, if it can be searched. If it fails, or takes
// too long, the rest is found all the same.
func (c *call) findMembers(w wanted) (found []Found, _ error) {
	if utf8.RuneCountInString(w.text) < 2 || w.words == "" || !c.identity.Can(desk.PermissionOperatorsView) || !c.Desk.CanSearchMembers() {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(c.ctx(), membersTime)
	defer cancel()
	rows, next, err := c.Desk.SearchMembers(ctx, c.actor(), w.text, "", foundPerKind)
	if errors.Is(err, desk.ErrDirectory) || err != nil && ctx.Err() != nil && c.Err() == nil {
		c.Desk.Log.WarnContext(c.ctx(), "members not searched", "request", c.visit.RequestID, "error", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, m := range rows {
		if !m.Unusable {
			found = append(found, Found{Label: c.say(m.Called()), Text: m.Email, Path: memberPath(m.ID)})
		}
	}
	if next != "" {
		found = append(found, Found{Label: c.t("search.members.all"), Path: "/members?" + url.Values{"q": {w.text}}.Encode()})
	}
	return found, nil
}
