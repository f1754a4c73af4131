package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// How many operators are listed, and at most.
const (
	defaultOperators = 1000
	maxOperators     = 1000000
)

// operatorKinds are the commands that show operators.
var operatorKinds = []*kind{
	{name: "operators", anySecret: true, summary: "list the operators", example: "operators -state locked", run: operators, see: "roles",
		text: "One line for each operator, by name.",
		flags: []option{
			choice("state", "", "only this `state`", string(store.ShowActive), string(store.ShowInvited), string(store.ShowExpired), string(store.ShowLocked), string(store.ShowDisabled)),
			text("role", "only operators with this `ROLE`"),
			text("search", "only names and email addresses that contain these `words`"),
			limit(defaultOperators, maxOperators), asJSON,
		}},
	{name: "operators show", anySecret: true, operands: "EMAIL", summary: "print everything known about an operator", example: "operators show ada@example.com", run: operatorsShow, see: "operators",
		text:  "With the newest audit log entries about them, and the newest emails to them.",
		flags: []option{asJSON}},
}

// operatorRecord is an operator in JSON.
type operatorRecord struct {
	ID           string             `json:"id"`
	Name         string             `json:"name"`
	Email        string             `json:"email"`
	MemberID     string             `json:"member_id,omitempty"`
	Roles        []string           `json:"roles"`
	RoleIDs      []string           `json:"role_ids"`
	State        store.OperatorShow `json:"state"`
	TwoFactor    bool               `json:"two_factor"`
	LastActiveAt time.Time          `json:"last_active_at,omitzero"`
}

func (o operatorRecord) String() string { return o.Name + " (" + o.Email + ")" }

func newOperatorRecord(o desk.Operator) operatorRecord {
	return operatorRecord{o.ID, o.Name, o.Email, o.MemberID, roleNames(o), append([]string{}, o.RoleIDs...), o.Show, o.TwoFactor, o.LastActiveAt}
}

var operatorColumns = columns[operatorRecord]{
	[]string{"NAME", "EMAIL", "ROLES", "STATE", "TWO-FACTOR", "LAST ACTIVE"},
	func(o operatorRecord) []any {
		return []any{o.Name, o.Email, o.Roles, o.State, ifElse(o.TwoFactor, "on", "off"), o.LastActiveAt}
	},
}

// operators lists those that a query selects, at most so many.
func (c *call) operators(ctx context.Context, q store.OperatorQuery, most int) ([]operatorRecord, error) {
	return collect(most, newOperatorRecord, func(limit int) ([]desk.Operator, bool, error) {
		q.Limit = limit
		page, err := c.desk.Operators(ctx, c.by, q)
		q.After = page.Next
		return page.Rows, page.Next != nil, err
	})
}

func operators(ctx context.Context, c *call) error {
	q := store.OperatorQuery{Search: c.flags.value("search"), Show: store.OperatorShow(c.flags.value("state"))}
	if word := c.flags.value("role"); word != "" {
		found, err := c.rolesBy(ctx, word)
		if err != nil {
			return err
		}
		q.RoleID = found[0].ID
	}
	none := "No matching operators."
	if q == (store.OperatorQuery{}) {
		none = "There are no operators yet. The setup link printed at start creates the first one."
	}
	rows, err := c.operators(ctx, q, c.flags.limit()+1)
	if err != nil {
		return err
	}
	more := len(rows) > c.flags.limit()
	err = list(c, rows[:min(len(rows), c.flags.limit())], none, operatorColumns)
	if more && !c.flags.on("json") {
		fmt.Fprintf(c.out, "There are more than these %d. Search, or ask for more with -n.\n", c.flags.limit())
	}
	return err
}

// operatorSheet is everything about one operator in JSON.
type operatorSheet struct {
	operatorRecord
	CreatedAt          time.Time          `json:"created_at,omitzero"`
	CreatedBy          string             `json:"created_by,omitempty"`
	InviteEndsAt       time.Time          `json:"invite_ends_at,omitzero"`
	LockedUntil        time.Time          `json:"locked_until,omitzero"`
	PasswordElsewhere  bool               `json:"password_elsewhere"`
	HasPassword        bool               `json:"has_password"`
	MustChangePassword bool               `json:"must_change_password"`
	PasswordSetAt      time.Time          `json:"password_set_at,omitzero"`
	MustHaveTwoFactor  bool               `json:"must_have_two_factor"`
	Authenticators     int                `json:"authenticators"`
	RecoveryCodesLeft  int                `json:"recovery_codes_left"`
	Sessions           int                `json:"sessions"`
	Language           string             `json:"language,omitempty"`
	Kept               string             `json:"kept,omitempty"`
	Events             []desk.AuditRecord `json:"events"`
	Mails              []mailRecord       `json:"mails"`
}

func newOperatorSheet(o person, events []store.Event, mails []store.Mail) operatorSheet {
	s := operatorSheet{
		newOperatorRecord(o.Operator), o.CreatedAt, o.CreatedByName, o.InviteExpiresAt, o.LockedUntil,
		o.PasswordElsewhere, o.HasPassword, o.MustChangePassword, o.PasswordSetAt, o.MustHaveTwoFactor,
		o.Factors, o.CodesLeft, o.Sessions, o.Language, o.Kept.String(), each(events, desk.NewAuditRecord), each(mails, newMailRecord),
	}
	if o.Show != store.ShowLocked {
		s.LockedUntil = time.Time{}
	}
	return s
}

// roleNames are the names of an operator's roles, the primary one first.
func roleNames(o desk.Operator) []string {
	return each(o.Roles, func(r desk.Role) string { return r.Name })
}

func operatorsShow(ctx context.Context, c *call) error {
	o, err := c.operator(ctx, c.arg(0))
	if err != nil {
		return err
	}
	events, mails, err := c.desk.Recent(ctx, c.by, o.ID)
	if err != nil {
		return err
	}
	s := newOperatorSheet(o, events, mails)
	err = c.show(s,
		"Name", s.Name, "Email", s.Email, "ID", s.ID, "Member", s.MemberID, "State", s.state(), "Roles", s.Roles,
		"Created", strings.TrimSpace(stamp(s.CreatedAt)+" "+ifElse(s.CreatedBy != "", "by "+s.CreatedBy, "")),
		"Last active", s.LastActiveAt, "Password", s.password(), "Two-factor", s.twoFactor(), "Sessions", s.Sessions, "Language", s.Language, "Note", s.Kept)
	if err == nil && len(s.Events) > 0 && !c.flags.on("json") {
		fmt.Fprintln(c.out)
		err = table(c.out, s.Events, eventColumns)
	}
	if err == nil && len(s.Mails) > 0 && !c.flags.on("json") {
		fmt.Fprintln(c.out)
		err = table(c.out, s.Mails, mailColumns)
	}
	return err
}

func (s operatorSheet) state() string {
	switch s.State {
	case store.ShowInvited:
		return "invited until " + stamp(s.InviteEndsAt)
	case store.ShowExpired:
		return "expired since " + stamp(s.InviteEndsAt)
	case store.ShowLocked:
		return "locked until " + stamp(s.LockedUntil)
	}
	return string(s.State)
}

func (s operatorSheet) password() string {
	switch {
	case s.PasswordElsewhere:
		return "kept by the community"
	case !s.HasPassword:
		return "none yet"
	case s.MustChangePassword:
		return "temporary, to be changed at the next sign-in"
	}
	return "chosen " + stamp(s.PasswordSetAt)
}

func (s operatorSheet) twoFactor() string {
	text := "off"
	if s.Authenticators > 0 {
		text = fmt.Sprintf("on; authenticator apps: %d, recovery codes left: %d", s.Authenticators, s.RecoveryCodesLeft)
	}
	return text + ifElse(s.MustHaveTwoFactor, "; required", "; not required")
}
