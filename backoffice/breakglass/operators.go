package breakglass

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// How many operators are listed, and at most.
const (
	defaultOperators = 1000
	maxOperators     = 1000000
)

// listKinds are the commands that show operators.
var listKinds = []*kind{
	{
		name: "operators", summary: "list who may sign in", example: "operators -state locked", run: operators, see: "roles",
		text: "One line for each operator, by name.",
		flags: func(f *flag.FlagSet, v *values) {
			choiceFlag(f, v, &v.state, "state", "", "only this `state`", string(store.ShowActive), string(store.ShowInvited),
				string(store.ShowExpired), string(store.ShowLocked), string(store.ShowDisabled))
			f.StringVar(&v.role, "role", "", "only who has this `ROLE`")
			f.StringVar(&v.search, "search", "", "only operators whose name and e-mail address contain these `words`")
			limitFlag(f, v, defaultOperators, maxOperators)
			jsonFlag(f, v)
		},
	},
	{
		name: "operators show", operands: "EMAIL", summary: "print what there is to know about one", example: "operators show ada@example.com", run: operatorsShow, see: "operators",
		text:  "With the newest rows of the audit about them, and the newest mails to them.",
		flags: jsonFlag,
	},
}

// operatorRecord is an operator in JSON.
type operatorRecord struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	Email        string    `json:"email"`
	MemberID     string    `json:"member_id,omitempty"`
	Roles        []string  `json:"roles"`
	RoleIDs      []string  `json:"role_ids"`
	State        string    `json:"state"`
	TwoFactor    bool      `json:"two_factor"`
	LastActiveAt time.Time `json:"last_active_at,omitzero"`
}

func newOperatorRecord(o backoffice.OperatorRow) operatorRecord {
	return operatorRecord{o.ID, o.Name, o.Email, o.MemberID, append([]string{}, o.Roles...), append([]string{}, o.RoleIDs...), o.State, o.TwoFactor, o.LastActiveAt}
}

func operators(ctx context.Context, c *call) error {
	q := store.OperatorQuery{Search: c.values.search, Show: store.OperatorShow(c.values.state)}
	if c.values.role != "" {
		r, err := c.role(ctx, c.values.role)
		if err != nil {
			return err
		}
		q.RoleID = r.ID
	}
	all := q == store.OperatorQuery{}
	q.Limit = c.values.limit + 1
	rows, err := c.office.SearchOperators(ctx, q)
	if err != nil {
		return err
	}
	more := len(rows) > c.values.limit
	rows = rows[:min(len(rows), c.values.limit)]
	switch {
	case c.values.json:
		return printJSON(c.out, each(rows, newOperatorRecord))
	case len(rows) == 0 && all:
		fmt.Fprintln(c.out, "There are no operators yet. The setup link that is printed at start makes the first one.")
		return nil
	case len(rows) == 0:
		fmt.Fprintln(c.out, "No operator fits.")
		return nil
	}
	cells := [][]string{{"NAME", "EMAIL", "ROLES", "STATE", "TWO-FACTOR", "LAST ACTIVE"}}
	for _, o := range rows {
		cells = append(cells, []string{o.Name, o.Email, strings.Join(o.Roles, ", "), o.State, ifElse(o.TwoFactor, "on", "off"), stamp(o.LastActiveAt)})
	}
	if err := table(c.out, cells); err != nil {
		return err
	}
	if more {
		fmt.Fprintf(c.out, "There are more than these %d. Search, or ask for more with -n.\n", c.values.limit)
	}
	return nil
}

// operatorSheet is one operator in JSON.
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
	Kept               string             `json:"kept,omitempty"`
	Events             []desk.AuditRecord `json:"events"`
	Mails              []mailRecord       `json:"mails"`
}

func operatorsShow(ctx context.Context, c *call) error {
	o, err := c.operator(ctx, c.arg(0))
	if err != nil {
		return err
	}
	if c.values.json {
		return printJSON(c.out, operatorSheet{
			newOperatorRecord(o.OperatorRow), o.CreatedAt, o.CreatedBy, o.InviteEndsAt, o.LockedUntil,
			o.PasswordElsewhere, o.HasPassword, o.MustChangePassword, o.PasswordSetAt, o.MustHaveTwoFactor,
			o.Authenticators, o.RecoveryCodesLeft, o.Sessions, o.Kept, each(o.Events, desk.NewAuditRecord), each(o.Mails, newMailRecord),
		})
	}
	err = sheet(c.out, [][2]string{
		{"Name", o.Name}, {"E-mail", o.Email}, {"Id", o.ID}, {"Member", o.MemberID},
		{"State", state(o)}, {"Roles", strings.Join(o.Roles, ", ")},
		{"Let in", strings.TrimSpace(stamp(o.CreatedAt) + " " + ifElse(o.CreatedBy != "", "by "+o.CreatedBy, ""))},
		{"Last active", stamp(o.LastActiveAt)}, {"Password", password(o)}, {"Two-factor", twoFactor(o)},
		{"Sessions", fmt.Sprint(o.Sessions)}, {"Stays", o.Kept},
	})
	if err == nil && len(o.Events) > 0 {
		fmt.Fprintln(c.out)
		err = table(c.out, eventCells(o.Events))
	}
	if err == nil && len(o.Mails) > 0 {
		fmt.Fprintln(c.out)
		err = table(c.out, mailCells(o.Mails))
	}
	return err
}

func state(o backoffice.OperatorDetail) string {
	switch store.OperatorShow(o.State) {
	case store.ShowInvited:
		return o.State + " until " + stamp(o.InviteEndsAt)
	case store.ShowExpired:
		return o.State + " since " + stamp(o.InviteEndsAt)
	case store.ShowLocked:
		return o.State + " until " + stamp(o.LockedUntil)
	}
	return o.State
}

func password(o backoffice.OperatorDetail) string {
	switch {
	case o.PasswordElsewhere:
		return "kept by the community"
	case !o.HasPassword:
		return "none yet"
	case o.MustChangePassword:
		return "temporary, to be changed at the next sign-in"
	}
	return "chosen " + stamp(o.PasswordSetAt)
}

func twoFactor(o backoffice.OperatorDetail) string {
	text := "off"
	if o.Authenticators > 0 {
		text = fmt.Sprintf("on; authenticators: %d, recovery codes left: %d", o.Authenticators, o.RecoveryCodesLeft)
	}
	return text + ifElse(o.MustHaveTwoFactor, "; required", "; not required")
}
