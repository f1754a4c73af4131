package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// MembersPage searches the community's members.
type MembersPage struct {
	view.Form
	Pager
	Members []MemberRow
	// Search is what was searched for, Access "yes" where only members with
	// access are asked for.
	Search, Access string
	Filtered       bool
	// SSO names the company's sign-in where members have no password; empty
	// where the community checks one.
	SSO string
	// Unavailable says that the community's directory did not answer.
	Unavailable bool
}

// MemberRow is one member of the list.
type MemberRow struct {
	Name, Email string
	// Path is the page that grants and changes.
	Path string
	// Roles are labels of office roles, the primary one first; empty for who
	// has no access.
	Roles []string
	// State is the operator's, a word, and Level its colour; empty for who has
	// no access.
	State string
	Level view.Level
	// MayChange says that the reader may give, change or take access.
	MayChange bool
}

func (MembersPage) Template() string { return "members" }

func memberPath(id string) string { return "/members/" + url.PathEscape(id) }

func (c *call) ssoName() string {
	if sso := c.Desk.SSO; sso != nil {
		return sso.Name
	}
	return ""
}

// getMembers searches the members of the community.
func (c *call) getMembers() error {
	q := c.query()
	if q.Get("access") == "yes" {
		return c.showMembersWithAccess(q)
	}
	p, manage := MembersPage{Search: q.Get("q"), SSO: c.ssoName(), Filtered: q.Get("q") != ""}, c.identity.Can(desk.PermissionOperatorsManage)
	rows, next, err := c.Desk.SearchMembers(c.ctx(), c.actor(), q.Get("q"), q.Get("after"), rowsPerPage)
	if err != nil {
		return c.noDirectory(err, p)
	}
	if q.Get("after") != "" {
		p.First = c.following("/members", nil, "after")
	}
	if next != "" {
		p.Next = c.following("/members", map[string]string{"after": next})
	}
	for _, m := range rows {
		row := MemberRow{Name: m.Name, Email: m.Email, Path: memberPath(m.ID), Roles: m.Roles, MayChange: manage && m.Within}
		if m.OperatorID != "" {
			row.State, row.Level = states[m.Show].word, states[m.Show].level
		}
		p.Members = append(p.Members, row)
	}
	return c.show(http.StatusOK, p)
}

// noDirectory says that the community did not answer, if that is what failed.
func (c *call) noDirectory(err error, p MembersPage) error {
	if !errors.Is(err, desk.ErrDirectory) {
		return err
	}
	c.Desk.Log.ErrorContext(c.ctx(), "directory of members did not answer", "request", c.visit.RequestID, "error", err)
	p.Unavailable = true
	return c.show(http.StatusServiceUnavailable, p)
}

// showMembersWithAccess lists the members who are operators. The community does
// not know them apart, so the office's own list is searched.
func (c *call) showMembersWithAccess(q url.Values) error {
	if !c.Desk.CanSearchMembers() {
		return desk.ErrNotFound
	}
	query := store.OperatorQuery{Search: q.Get("q"), Member: store.Yes, After: operatorCursor(q), Limit: rowsPerPage}
	list, err := c.Desk.Operators(c.ctx(), c.actor(), query)
	if err != nil {
		return err
	}
	p := MembersPage{Search: q.Get("q"), Access: "yes", SSO: c.ssoName(), Filtered: true}
	if query.After != nil {
		p.First = c.following("/members", nil, "after", "at", "id")
	}
	if list.Next != nil {
		p.Next = c.following("/members", cursorFields(*list.Next))
	}
	for _, o := range list.Rows {
		p.Members = append(p.Members, MemberRow{Name: o.Name, Email: o.Email, Path: memberPath(o.MemberID), Roles: o.Roles,
			State: states[o.Show].word, Level: states[o.Show].level, MayChange: o.Within && c.identity.Can(desk.PermissionOperatorsManage)})
	}
	return c.show(http.StatusOK, p)
}
