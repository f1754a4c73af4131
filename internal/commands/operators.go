package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// How many operators are listed, and at most.
const (
	defaultOperators = 1000
	maxOperators     = 1000000
)

// operatorKinds are the commands that show operators.
var operatorKinds = []*kind{
	{name: "operators", anySecret: true, summary: messages.New("commands.operators.summary"), example: "operators -state locked", run: operators, see: "roles",
		text: messages.New("commands.operators.text"),
		flags: []option{
			choice("state", "", "commands.operators.flag.state", string(store.ShowActive), string(store.ShowInvited), string(store.ShowExpired), string(store.ShowLocked), string(store.ShowDisabled)),
			text("role", "commands.operators.flag.role"),
			choice("account", "", "ends.command.flag_account", desk.AccountsEnding, desk.AccountsUnused),
			text("search", "commands.operators.flag.search"),
			limit(defaultOperators, maxOperators), asJSON,
		}},
	{name: "operators show", anySecret: true, operands: "EMAIL", summary: messages.New("commands.operators_show.summary"), example: "operators show ada@example.com", run: operatorsShow, see: "operators",
		text:  messages.New("commands.operators_show.text"),
		flags: []option{asJSON}},
	{name: "operators end", operands: "EMAIL DATE", summary: messages.New("ends.command.summary"), example: "operators end ada@example.com 2026-12-31", run: operatorsEnd, mails: true, see: "operators",
		text: messages.New("ends.command.text")},
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
	// LastDay is the last day of access, in UTC; empty if it does not end.
	LastDay string `json:"last_day,omitempty"`
	// titles are the names of the roles in the reader's language.
	titles []messages.Text
}

func (o operatorRecord) String() string { return o.Name + " (" + o.Email + ")" }

func newOperatorRecord(o desk.Operator) operatorRecord {
	return operatorRecord{o.ID, o.Name, o.Email, o.MemberID, roleNames(o), append([]string{}, o.RoleIDs...), o.Show, o.TwoFactor, o.LastActiveAt, desk.EndedOn(o.EndsAt), o.RoleNames()}
}

var operatorColumns = columns[operatorRecord]{
	[]string{"name", "email", "roles", "state", "two_factor", "last_active", "last_day"},
	func(c *call, o operatorRecord) []any {
		return []any{o.Name, o.Email, o.titles, o.State, c.either(o.TwoFactor, "commands.operators.two_factor_on", "commands.operators.two_factor_off"), o.LastActiveAt, o.LastDay}
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
	q = c.desk.Accounts(q, c.flags.value("account"))
	none := "commands.operators.none"
	if q == (store.OperatorQuery{}) {
		none = "commands.operators.none_yet"
	}
	rows, err := c.operators(ctx, q, c.flags.limit()+1)
	if err != nil {
		return err
	}
	more := len(rows) > c.flags.limit()
	err = list(c, rows[:min(len(rows), c.flags.limit())], none, operatorColumns)
	if more && !c.flags.on("json") {
		c.print("commands.operators.more", "n", c.flags.limit(), "flag", "-n")
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
	Kept               messages.Text      `json:"kept,omitzero"`
	Events             []desk.AuditRecord `json:"events"`
	Mails              []mailRecord       `json:"mails"`
}

func newOperatorSheet(o person, events []store.Event, mails []store.Mail) operatorSheet {
	s := operatorSheet{
		newOperatorRecord(o.Operator), o.CreatedAt, o.CreatedByName, o.InviteExpiresAt, o.LockedUntil,
		o.PasswordElsewhere, o.HasPassword, o.MustChangePassword, o.PasswordSetAt, o.MustHaveTwoFactor,
		o.Factors, o.CodesLeft, o.Sessions, o.Language, o.Kept, each(events, desk.NewAuditRecord), each(mails, newMailRecord),
	}
	if o.Show != store.ShowLocked {
		s.LockedUntil = time.Time{}
	}
	return s
}

// roleNames are the names of an operator's roles in English, the primary one first.
func roleNames(o desk.Operator) []string { return each(o.RoleNames(), messages.Text.String) }

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
		"name", s.Name, "email", s.Email, "id", s.ID, "member", s.MemberID, "state", s.state(), "roles", s.titles,
		"created", s.created(), "last_active", s.LastActiveAt, "last_day", s.LastDay, "password", s.password(), "two_factor", s.twoFactor(), "sessions", s.Sessions,
		"language", s.Language, "note", o.Kept)
	if err == nil && len(s.Events) > 0 && !c.flags.on("json") {
		fmt.Fprintln(c.out)
		err = table(c, s.Events, eventColumns)
	}
	if err == nil && len(s.Mails) > 0 && !c.flags.on("json") {
		fmt.Fprintln(c.out)
		err = table(c, s.Mails, mailColumns)
	}
	return err
}

func (s operatorSheet) created() messages.Text {
	switch {
	case s.CreatedAt.IsZero():
		return messages.Text{}
	case s.CreatedBy == "":
		return messages.Plain(stamp(s.CreatedAt))
	}
	return messages.New("commands.operators_show.created_by", "at", stamp(s.CreatedAt), "by", s.CreatedBy)
}

func (s operatorSheet) state() messages.Text {
	switch s.State {
	case store.ShowInvited:
		return messages.New("commands.operators_show.invited", "state", string(s.State), "until", stamp(s.InviteEndsAt))
	case store.ShowExpired:
		return messages.New("commands.operators_show.expired", "state", string(s.State), "since", stamp(s.InviteEndsAt))
	case store.ShowLocked:
		return messages.New("commands.operators_show.locked", "state", string(s.State), "until", stamp(s.LockedUntil))
	}
	return messages.Plain(string(s.State))
}

func (s operatorSheet) password() messages.Text {
	switch {
	case s.PasswordElsewhere:
		return messages.New("commands.operators_show.password_elsewhere")
	case !s.HasPassword:
		return messages.New("commands.operators_show.password_none")
	case s.MustChangePassword:
		return messages.New("commands.operators_show.password_temporary")
	}
	return messages.New("commands.operators_show.password_chosen", "at", stamp(s.PasswordSetAt))
}

func (s operatorSheet) twoFactor() messages.Text {
	switch {
	case s.Authenticators > 0 && s.MustHaveTwoFactor:
		return messages.New("commands.operators_show.two_factor_on_required", "apps", s.Authenticators, "codes", s.RecoveryCodesLeft)
	case s.Authenticators > 0:
		return messages.New("commands.operators_show.two_factor_on", "apps", s.Authenticators, "codes", s.RecoveryCodesLeft)
	case s.MustHaveTwoFactor:
		return messages.New("commands.operators_show.two_factor_off_required")
	}
	return messages.New("commands.operators_show.two_factor_off")
}
