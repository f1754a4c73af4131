package pages

import (
	"cmp"
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
	Members []desk.MemberRow
	// Search and Access are the query as the URL has it. With Access "yes", only
	// members with access are listed.
	Search, Access string
	// SSO names the company's sign-in if members have no password; empty if the
	// community checks one.
	SSO string
	// Unavailable reports whether the community's directory failed.
	Unavailable bool
	// MayManage reports whether the reader may give, change and remove access.
	MayManage bool
}

func (MembersPage) Template() string { return "members" }

// Filtered reports whether something narrows the list.
func (p MembersPage) Filtered() bool { return p.Search+p.Access != "" }

func memberPath(id string) string { return "/members/" + url.PathEscape(id) }

func (c *call) ssoName() string {
	if sso := c.Desk.SSO; sso != nil {
		return sso.Name
	}
	return ""
}

// getMembers searches the members of the community.
func (c *call) getMembers() error {
	p := MembersPage{
		Search: c.query().Get("q"), Access: c.query().Get("access"), SSO: c.ssoName(),
		MayManage: c.identity.Can(desk.PermissionOperatorsManage),
	}
	if p.Access == "yes" {
		return c.showMembersWithAccess(p)
	}
	p.Access = ""
	after := c.query().Get("after")
	rows, next, err := c.Desk.SearchMembers(c.ctx(), c.actor(), p.Search, after, rowsPerPage)
	if err != nil {
		return err
	}
	p.Members, p.List = rows, c.listed()
	if after != "" {
		p.First = c.following("/members", nil, "after")
	}
	if next != "" {
		p.Next = c.following("/members", map[string]string{"after": next})
	}
	return c.show(http.StatusOK, p)
}

// noDirectory shows that the community's directory failed.
func (c *call) noDirectory(err error) {
	c.Desk.Log.ErrorContext(c.ctx(), "directory of members did not answer", "request", c.visit.RequestID, "error", err)
	c.Desk.Failed(c.ctx(), c.visit, c.identity, "directory of members")
	c.problem(http.StatusServiceUnavailable, MembersPage{Search: c.query().Get("q"), SSO: c.ssoName(), Unavailable: true})
}

// showMembersWithAccess lists the members who are operators. The community does
// not know which those are, so the office's own list is searched.
func (c *call) showMembersWithAccess(p MembersPage) error {
	if !c.Desk.CanSearchMembers() {
		return desk.ErrNotFound
	}
	query := store.OperatorQuery{Search: p.Search, Member: store.Yes, After: operatorCursor(c.query()), Limit: rowsPerPage}
	list, err := c.Desk.Operators(c.ctx(), c.actor(), query)
	if err != nil {
		return err
	}
	p.Pager = c.operatorPager("/members", query.After, list.Next)
	for _, o := range list.Rows {
		p.Members = append(p.Members, desk.MemberRow{
			Member:     desk.Member{ID: o.MemberID, Name: cmp.Or(o.MemberName, o.Name), Email: o.Email},
			OperatorID: o.ID, OperatorName: o.Name, Roles: o.Roles, Show: o.Show, Within: o.Within,
		})
	}
	return c.show(http.StatusOK, p)
}
