package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// OperatorsPage lists the operators.
type OperatorsPage struct {
	view.Form
	Pager
	Operators []desk.Operator
	// Search, State, TwoFactor, Origin, Account and Sort are the query as the URL has it.
	Search, State, TwoFactor, Origin, Account, Sort string
	// Roles are the roles to choose from.
	Roles []view.Option
	// Filtered reports whether something narrows the list.
	Filtered bool
	// MayInvite shows the buttons that invite, and the ticks with the Acts to choose from.
	MayInvite bool
	Acts      []view.Option
	// MayTick reports that someone on this page can be ticked.
	MayTick bool
	// Self is the reader, who is left out of acts on several operators.
	Self string
}

func (OperatorsPage) Template() string { return "operators" }

// getOperators lists operators.
func (c *call) getOperators() error {
	q := c.query()
	query := store.OperatorQuery{
		Search: q.Get("q"), Show: store.OperatorShow(q.Get("state")), RoleID: q.Get("role"),
		TwoFactor: store.Choice(q.Get("two_factor")), Sort: store.OperatorSort(q.Get("sort")),
		After: operatorCursor(q), Limit: rowsPerPage,
	}
	switch q.Get("origin") {
	case "member":
		query.Member = store.Yes
	case "invited":
		query.Member = store.No
	}
	query = c.Desk.Accounts(query, q.Get("account"))
	list, err := c.Desk.Operators(c.ctx(), c.actor(), query)
	if err != nil {
		return err
	}
	p := OperatorsPage{
		Search: query.Search, State: q.Get("state"), TwoFactor: q.Get("two_factor"), Origin: q.Get("origin"), Account: q.Get("account"), Sort: q.Get("sort"),
		Pager: c.operatorPager("/operators", query.After, list.Next), Operators: list.Rows,
		MayInvite: c.identity.Can(desk.PermissionOperatorsManage), Acts: bulkActs(c.words(), ""), Self: c.identity.Operator.ID,
	}
	p.Filtered = p.Search+p.State+p.TwoFactor+p.Origin+p.Account+query.RoleID != ""
	all, err := c.Desk.AllRoles(c.ctx())
	if err != nil {
		return err
	}
	for _, r := range all {
		p.Roles = append(p.Roles, view.Option{Value: r.ID, Label: c.say(r.Title()), Chosen: r.ID == query.RoleID})
	}
	if p.MayInvite {
		last, err := c.Desk.LastSuperAdministrator(c.ctx(), c.actor())
		if err != nil {
			return err
		}
		for i, o := range p.Operators {
			p.MayTick = p.MayTick || o.May.Change && o.ID != p.Self
			p.Operators[i].May.Disable = o.May.Disable && o.ID != last
		}
	}
	return c.show(http.StatusOK, p)
}

// operatorCursor is where a list of operators continues, from its URL; nil at the
// beginning.
func operatorCursor(q url.Values) *store.OperatorCursor {
	id := q.Get("id")
	if id == "" {
		return nil
	}
	after := &store.OperatorCursor{NameKey: q.Get("after"), ID: id}
	if micros, err := strconv.ParseInt(q.Get("at"), 10, 64); err == nil {
		after.At = time.UnixMicro(micros).UTC()
	}
	return after
}

// operatorPager leads on from a page of operators; see operatorCursor.
func (c *call) operatorPager(path string, after, next *store.OperatorCursor) (p Pager) {
	p.List = c.listed()
	if after != nil {
		p.First = c.following(path, nil, "after", "at", "id")
	}
	if next != nil {
		fields := map[string]string{"id": next.ID, "after": next.NameKey, "at": ""}
		if !next.At.IsZero() {
			fields["at"] = strconv.FormatInt(next.At.UnixMicro(), 10)
		}
		p.Next = c.following(path, fields)
	}
	return p
}
