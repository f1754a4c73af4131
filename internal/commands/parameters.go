package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

// parameterKinds are the commands about parameters.
var parameterKinds = []*kind{
	{name: "parameters", anySecret: true, summary: "list the parameters with their values", example: "parameters -changed", run: parameters,
		text:  "A value that protects less than the default, or departs from NIST SP 800-63B-4, is marked.",
		flags: []option{toggle("changed", "only those that are not at their default"), asJSON}},
	{name: "parameters show", anySecret: true, operands: "NAME", summary: "print what a parameter does, and which values it takes", example: "parameters show session.idle", run: parametersShow, see: "parameters", flags: []option{asJSON},
		text: "With its default and the value in force."},
	{name: "parameters set", operands: "NAME VALUE", summary: "change a parameter", example: "parameters set session.idle 20m", run: setTo(func(c *call, _ parameterRecord) string { return c.arg(1) }), mails: true, see: "parameters",
		text: "The value is checked as on the page, and takes effect on every replica from the next request on. If it protects less than before, or signin.networks allows less, every super-administrator is told by email."},
	{name: "parameters restore", operands: "NAME", summary: "restore the default of a parameter", example: "parameters restore session.idle", run: setTo(func(_ *call, p parameterRecord) string { return p.Default }), mails: true, see: "parameters",
		text: "Like \"parameters set\" with the default."},
	{name: "signin pause", operands: "[TEXT]", summary: "keep everyone but super-administrators from signing in", run: signinPause, mails: true,
		example: "signin pause \"Back at nine.\"",
		text:    "TEXT is the notice that they see; without it the previous notice is used. Signed-in operators stay signed in. The same as setting the parameters signin.paused and signin.paused_text."},
	{name: "signin resume", summary: "let everyone sign in again", example: "signin resume", run: signinResume, mails: true,
		text: "The notice is kept for the next time."},
}

// parameterRecord is a parameter in JSON.
type parameterRecord struct {
	Name     string `json:"name"`
	Section  string `json:"section"`
	Label    string `json:"label"`
	Effect   string `json:"effect"`
	Range    string `json:"range"`
	Unit     string `json:"unit,omitempty"`
	Value    string `json:"value"`
	Means    string `json:"means"`
	Default  string `json:"default"`
	Departs  bool   `json:"departs"`
	Loosened bool   `json:"loosened"`
	// called and takes are what to print of them.
	called, takes string
}

// marks are what to know about the value.
func (p parameterRecord) marks() (texts []string) {
	if p.Loosened {
		texts = append(texts, "looser than the default")
	}
	if p.Departs {
		texts = append(texts, "departs from NIST SP 800-63B-4")
	}
	return texts
}

var parameterColumns = columns[parameterRecord]{
	[]string{"NAME", "VALUE", "DEFAULT", "MARK", "MEANS"},
	func(p parameterRecord) []any { return []any{p.Name, p.Value, p.Default, p.marks(), p.Means} },
}

// parameters are all of them, with the state they were read from.
func (c *call) parameters(ctx context.Context) ([]parameterRecord, *desk.State, error) {
	all, state, err := c.desk.Parameters(ctx, c.by)
	in := messages.English()
	return each(all, func(p desk.Setting) parameterRecord {
		return parameterRecord{p.Name, in.Say(p.Section()), in.Say(p.Label()), in.Say(p.Effect()), in.Say(p.Range()), in.Say(p.Unit()), p.Value, in.Say(p.Means), p.Default(),
			p.Departs(p.Value, c.desk.Now()), p.Loosened, in.Say(p.Called()), in.Say(p.Takes())}
	}), state, err
}

func parameters(ctx context.Context, c *call) error {
	rows, _, err := c.parameters(ctx)
	if err != nil {
		return err
	}
	if c.flags.on("changed") {
		rows = slices.DeleteFunc(rows, func(p parameterRecord) bool { return p.Value == p.Default })
	}
	return list(c, rows, "Every parameter is at its default.", parameterColumns)
}

func parametersShow(ctx context.Context, c *call) error {
	p, err := c.parameter(ctx, c.arg(0))
	if err != nil {
		return err
	}
	return c.show(p, "Name", p.Name, "Label", p.called, "Effect", p.Effect, "Takes", p.takes,
		"Value", p.Value, "Means", p.Means, "Default", p.Default, "Mark", p.marks())
}

// set changes parameters and prints what is different now.
func (c *call) set(ctx context.Context, values map[string]string) error {
	all, state, err := c.parameters(ctx)
	if err != nil {
		return err
	}
	changes, err := c.desk.SaveParameters(ctx, c.by, c.visit, desk.ParametersForm{Revision: state.Stored.Revision, Values: values})
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return refused(bad, all, values)
	}
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		fmt.Fprintln(c.out, ifElse(len(values) == 1, "The parameter already has this value.", "The parameters already have these values."))
	}
	for _, ch := range changes {
		fmt.Fprintf(c.out, "%s: %s → %s\n", ch.Name, explained(ch, ch.Before, ch.From), explained(ch, ch.After, ch.To))
	}
	if slices.ContainsFunc(changes, func(ch desk.Change) bool { return ch.Loosens }) {
		fmt.Fprintln(c.out, "This protects less than before. Every super-administrator is told by email.")
	}
	return nil
}

// explained quotes a value, and adds its meaning if the value alone does not show it.
func explained(ch desk.Change, value string, means messages.Text) string {
	if !ch.Zero().IsZero() && (value == "0" || value == "") {
		return fmt.Sprintf("%q (%s)", value, messages.English().Say(means))
	}
	return fmt.Sprintf("%q", value)
}

// refused says which values would be accepted, and which conflict with others.
func refused(bad *desk.InvalidError, all []parameterRecord, values map[string]string) error {
	var texts []string
	for _, problem := range bad.Problems {
		text := problem.Field + ": " + problem.Text.String()
		if i := slices.IndexFunc(all, func(p parameterRecord) bool { return p.Name == problem.Field }); i >= 0 && problem.Code == "range" {
			text = fmt.Sprintf("%s cannot be %q; it takes %s", problem.Field, values[problem.Field], all[i].takes)
		}
		texts = append(texts, text)
	}
	return errors.New(strings.Join(texts, " "))
}

// setTo gives the parameter that is named first a value.
func setTo(value func(*call, parameterRecord) string) run {
	return func(ctx context.Context, c *call) error {
		p, err := c.parameter(ctx, c.arg(0))
		if err != nil {
			return err
		}
		return c.set(ctx, map[string]string{p.Name: value(c, p)})
	}
}

func signinPause(ctx context.Context, c *call) error {
	values := map[string]string{"signin.paused": "on"}
	if notice := strings.TrimSpace(c.arg(0)); notice != "" {
		values["signin.paused_text"] = notice
	}
	return c.set(ctx, values)
}

func signinResume(ctx context.Context, c *call) error {
	return c.set(ctx, map[string]string{"signin.paused": "off"})
}
