package breakglass

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// ruleKinds are the commands about what people may do, and the rules of the
// office.
var ruleKinds = []*kind{
	{
		name: "roles", summary: "list the roles", example: "roles", run: roles, flags: jsonFlag,
		text: "The built-in ones first, then those that were made here.",
	},
	{
		name: "roles show", operands: "ROLE", summary: "print what a role allows, and who has it", example: "roles show moderator", run: rolesShow, see: "roles", flags: jsonFlag,
		text: fmt.Sprintf("Who has it is listed by name, at most %d of them.", maxHolders),
	},
	{
		name: "parameters", summary: "list the parameters with their values", example: "parameters -changed", run: parameters,
		text: "A value that protects less than the default, or departs from NIST SP 800-63B-4, is marked.",
		flags: func(f *flag.FlagSet, v *values) {
			f.BoolVar(&v.changed, "changed", false, "only those that are not at their default")
			jsonFlag(f, v)
		},
	},
	{
		name: "parameters show", operands: "NAME", summary: "print what a parameter does, and which values it takes", example: "parameters show session.idle", run: parametersShow, see: "parameters", flags: jsonFlag,
		text: "With its default and the value in force.",
	},
	{
		name: "parameters set", operands: "NAME VALUE", summary: "change a parameter", example: "parameters set session.idle 20m", run: parametersSet, mails: true, see: "parameters",
		text: "Checked as on the page, and binding on every replica from the next request on. What protects less is told to every super-administrator by mail.",
	},
	{
		name: "parameters restore", operands: "NAME", summary: "give a parameter its default again", example: "parameters restore session.idle", run: parametersRestore, mails: true, see: "parameters",
		text: "Like \"parameters set\" with the default.",
	},
	{
		name: "signin pause", operands: "[TEXT]", summary: "keep everybody but super-administrators from signing in", run: signinPause, mails: true,
		example: "signin pause \"Back at nine.\"",
		text:    "TEXT is the notice that they see; without it the one from before. Whoever is signed in stays so. The same as the parameters signin.paused and signin.paused_text.",
	},
	{
		name: "signin resume", summary: "let everybody sign in again", example: "signin resume", run: signinResume, mails: true,
		text: "The notice is kept for the next time.",
	},
}

// maxHolders is how many holders of a role are listed.
const maxHolders = 20

// roleRecord is a role in JSON.
type roleRecord struct {
	ID               string   `json:"id"`
	Name             string   `json:"name"`
	Description      string   `json:"description"`
	BuiltIn          bool     `json:"built_in"`
	RequireTwoFactor bool     `json:"require_two_factor"`
	Permissions      []string `json:"permissions"`
}

func newRoleRecord(r backoffice.Role) roleRecord {
	return roleRecord{r.ID, r.Name, r.Description, r.BuiltIn, r.RequireTwoFactor, append([]string{}, r.Permissions...)}
}

func roles(ctx context.Context, c *call) error {
	rows, err := c.office.Roles(ctx)
	if err != nil {
		return err
	}
	if c.values.json {
		return printJSON(c.out, each(rows, newRoleRecord))
	}
	cells := [][]string{{"ROLE", "NAME", "KIND", "PERMISSIONS", "TWO-FACTOR", "DESCRIPTION"}}
	for _, r := range rows {
		cells = append(cells, []string{r.ID, r.Name, ifElse(r.BuiltIn, "built in", "made here"), fmt.Sprint(len(r.Permissions)),
			ifElse(r.RequireTwoFactor, "asked for", ""), r.Description})
	}
	return table(c.out, cells)
}

// roleSheet is one role in JSON.
type roleSheet struct {
	roleRecord
	Holders []operatorRecord `json:"holders"`
}

func rolesShow(ctx context.Context, c *call) error {
	r, err := c.role(ctx, c.arg(0))
	if err != nil {
		return err
	}
	holders, err := c.office.SearchOperators(ctx, store.OperatorQuery{RoleID: r.ID, Limit: maxHolders + 1})
	if err != nil {
		return err
	}
	more := len(holders) > maxHolders
	holders = holders[:min(len(holders), maxHolders)]
	if c.values.json {
		return printJSON(c.out, roleSheet{newRoleRecord(r), each(holders, newOperatorRecord)})
	}
	names := each(holders, backoffice.OperatorRow.String)
	if more {
		names = append(names, "and more")
	}
	return sheet(c.out, [][2]string{
		{"Role", r.ID}, {"Name", r.Name}, {"Description", r.Description}, {"Kind", ifElse(r.BuiltIn, "built in", "made here")},
		{"Two-factor", ifElse(r.RequireTwoFactor, "asked for where two_factor.who is roles", "")},
		{"Permissions", strings.Join(r.Permissions, ", ")}, {"Held by", strings.Join(names, ", ")},
	})
}

// parameterRecord is a parameter in JSON.
type parameterRecord struct {
	Name            string `json:"name"`
	Section         string `json:"section"`
	Label           string `json:"label"`
	Effect          string `json:"effect"`
	Range           string `json:"range"`
	Unit            string `json:"unit,omitempty"`
	Value           string `json:"value"`
	Default         string `json:"default"`
	DepartsFromNIST bool   `json:"departs"`
	Loosened        bool   `json:"loosened"`
}

func newParameterRecord(p backoffice.Parameter) parameterRecord { return parameterRecord(p) }

// marks say what somebody should know about a value.
func marks(p backoffice.Parameter) string {
	var texts []string
	if p.Loosened {
		texts = append(texts, "looser than the default")
	}
	if p.DepartsFromNIST {
		texts = append(texts, "departs from NIST SP 800-63B-4")
	}
	return strings.Join(texts, ", ")
}

func parameters(ctx context.Context, c *call) error {
	rows, err := c.office.Parameters(ctx)
	if err != nil {
		return err
	}
	if c.values.changed {
		rows = slices.DeleteFunc(rows, func(p backoffice.Parameter) bool { return p.Value == p.Default })
	}
	if c.values.json {
		return printJSON(c.out, each(rows, newParameterRecord))
	}
	if len(rows) == 0 {
		fmt.Fprintln(c.out, "Every parameter is at its default.")
		return nil
	}
	cells := [][]string{{"NAME", "VALUE", "DEFAULT", "MARK"}}
	for _, p := range rows {
		cells = append(cells, []string{p.Name, p.Value, p.Default, marks(p)})
	}
	return table(c.out, cells)
}

func parametersShow(ctx context.Context, c *call) error {
	p, err := c.parameter(ctx, c.arg(0))
	if err != nil {
		return err
	}
	if c.values.json {
		return printJSON(c.out, newParameterRecord(p))
	}
	return sheet(c.out, [][2]string{
		{"Name", p.Name}, {"Label", p.Section + ": " + p.Label}, {"Effect", p.Effect}, {"Takes", strings.TrimSpace(p.Range + " " + p.Unit)},
		{"Value", p.Value}, {"Default", p.Default}, {"Mark", marks(p)},
	})
}

// set changes parameters and prints what is different now.
func (c *call) set(ctx context.Context, values map[string]string) error {
	changes, err := c.office.SetParameters(ctx, values)
	if bad := (*backoffice.InvalidError)(nil); errors.As(err, &bad) {
		return c.refused(ctx, bad, values)
	}
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		fmt.Fprintln(c.out, "It is so already.")
		return nil
	}
	for _, ch := range changes {
		fmt.Fprintf(c.out, "%s: %q → %q\n", ch.Name, ch.Before, ch.After)
	}
	if slices.ContainsFunc(changes, func(ch backoffice.ParameterChange) bool { return ch.Loosens }) {
		fmt.Fprintln(c.out, "This protects less than before. Every super-administrator is told by mail.")
	}
	return nil
}

// refused says which values would have been taken, and which do not go together
// with others.
func (c *call) refused(ctx context.Context, bad *backoffice.InvalidError, values map[string]string) error {
	var texts []string
	for _, problem := range bad.Problems {
		p, err := c.parameter(ctx, problem.Field)
		switch {
		case err != nil:
			return err
		case problem.Code == "range":
			texts = append(texts, strings.TrimSpace(fmt.Sprintf("%s cannot be %q; it takes %s %s", p.Name, values[p.Name], p.Range, p.Unit)))
		default:
			texts = append(texts, p.Name+": "+problem.Text)
		}
	}
	return errors.New(strings.Join(texts, " "))
}

func parametersSet(ctx context.Context, c *call) error {
	p, err := c.parameter(ctx, c.arg(0))
	if err != nil {
		return err
	}
	return c.set(ctx, map[string]string{p.Name: c.arg(1)})
}

func parametersRestore(ctx context.Context, c *call) error {
	p, err := c.parameter(ctx, c.arg(0))
	if err != nil {
		return err
	}
	return c.set(ctx, map[string]string{p.Name: p.Default})
}

// The parameters that pause sign-ins.
const (
	paused     = "signin.paused"
	pausedText = "signin.paused_text"
)

func signinPause(ctx context.Context, c *call) error {
	values := map[string]string{paused: "on"}
	if notice := strings.TrimSpace(c.arg(0)); notice != "" {
		values[pausedText] = notice
	}
	return c.set(ctx, values)
}

func signinResume(ctx context.Context, c *call) error {
	return c.set(ctx, map[string]string{paused: "off"})
}
