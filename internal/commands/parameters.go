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
	{name: "parameters", anySecret: true, summary: messages.New("commands.parameters.summary"), example: "parameters -changed", run: parameters,
		text:  messages.New("commands.parameters.text"),
		flags: []option{toggle("changed", "commands.parameters.flag.changed"), asJSON}},
	{name: "parameters show", anySecret: true, operands: "NAME", summary: messages.New("commands.parameters_show.summary"), example: "parameters show session.idle", run: parametersShow, see: "parameters", flags: []option{asJSON},
		text: messages.New("commands.parameters_show.text")},
	{name: "parameters set", operands: "NAME VALUE", summary: messages.New("commands.parameters_set.summary"), example: "parameters set session.idle 20m", run: setTo(func(c *call, _ parameterRecord) string { return c.arg(1) }), mails: true, see: "parameters",
		text: messages.New("commands.parameters_set.text")},
	{name: "parameters restore", operands: "NAME", summary: messages.New("commands.parameters_restore.summary"), example: "parameters restore session.idle", run: setTo(func(_ *call, p parameterRecord) string { return p.Default }), mails: true, see: "parameters",
		text: messages.New("commands.parameters_restore.text")},
	{name: "signin pause", operands: "[TEXT]", summary: messages.New("commands.signin_pause.summary"), run: signinPause, mails: true,
		example: "signin pause \"Back at nine.\"",
		text:    messages.New("commands.signin_pause.text")},
	{name: "signin resume", summary: messages.New("commands.signin_resume.summary"), example: "signin resume", run: signinResume, mails: true,
		text: messages.New("commands.signin_resume.text")},
}

// parameterRecord is a parameter in JSON, which is in English.
type parameterRecord struct {
	Name     string        `json:"name"`
	Section  messages.Text `json:"section"`
	Label    messages.Text `json:"label"`
	Effect   messages.Text `json:"effect"`
	Range    messages.Text `json:"range"`
	Unit     messages.Text `json:"unit,omitzero"`
	Value    string        `json:"value"`
	Means    messages.Text `json:"means"`
	Default  string        `json:"default"`
	Departs  bool          `json:"departs"`
	Loosened bool          `json:"loosened"`
	// called and takes are what to print of them.
	called, takes messages.Text
}

// marks are what to know about the value.
func (p parameterRecord) marks() (texts []messages.Text) {
	if p.Loosened {
		texts = append(texts, messages.New("commands.parameters.looser"))
	}
	if p.Departs {
		texts = append(texts, messages.New("commands.parameters.departs", "standard", "NIST SP 800-63B-4"))
	}
	return texts
}

var parameterColumns = columns[parameterRecord]{
	[]string{"name", "value", "default", "mark", "means"},
	func(_ *call, p parameterRecord) []any { return []any{p.Name, p.Value, p.Default, p.marks(), p.Means} },
}

// parameters are all of them, with the state they were read from.
func (c *call) parameters(ctx context.Context) ([]parameterRecord, *desk.State, error) {
	all, state, err := c.desk.Parameters(ctx, c.by)
	return each(all, func(p desk.Setting) parameterRecord {
		return parameterRecord{p.Name, p.Section(), p.Label(), p.Effect(), p.Range(), p.Unit(), p.Value, p.Means, p.Default(),
			p.Departs(p.Value, c.desk.Now()), p.Loosened, p.Called(), p.Takes()}
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
	return list(c, rows, "commands.parameters.none", parameterColumns)
}

func parametersShow(ctx context.Context, c *call) error {
	p, err := c.parameter(ctx, c.arg(0))
	if err != nil {
		return err
	}
	return c.show(p, "name", p.Name, "label", p.called, "effect", p.Effect, "takes", p.takes,
		"value", p.Value, "means", p.Means, "default", p.Default, "mark", p.marks())
}

// set changes parameters and prints what is different now.
func (c *call) set(ctx context.Context, values map[string]string) error {
	all, state, err := c.parameters(ctx)
	if err != nil {
		return err
	}
	changes, err := c.desk.SaveParameters(ctx, c.by, c.visit, desk.ParametersForm{Revision: state.Stored.Revision, Values: values})
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.refused(bad, all, values)
	}
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		c.print("commands.parameters_set.already", "n", len(values))
	}
	for _, ch := range changes {
		fmt.Fprintf(c.out, "%s: %s → %s\n", ch.Name, c.explained(ch, ch.Before, ch.From), c.explained(ch, ch.After, ch.To))
	}
	if slices.ContainsFunc(changes, func(ch desk.Change) bool { return ch.Loosens }) {
		c.print("commands.parameters_set.loosens")
	}
	return nil
}

// explained quotes a value, and adds its meaning if the value alone does not show it.
func (c *call) explained(ch desk.Change, value string, means messages.Text) string {
	if !ch.Zero().IsZero() && (value == "0" || value == "") {
		return fmt.Sprintf("%q (%s)", value, safe(c.words, c.words.Say(means)))
	}
	return fmt.Sprintf("%q", value)
}

// refused says which values would be accepted, and which conflict with others.
func (c *call) refused(bad *desk.InvalidError, all []parameterRecord, values map[string]string) error {
	var texts []string
	for _, found := range bad.Problems {
		text := found.Field + ": " + c.words.Say(found.Text)
		if i := slices.IndexFunc(all, func(p parameterRecord) bool { return p.Name == found.Field }); i >= 0 && found.Code == "range" {
			text = c.words.Text("commands.parameters_set.range", "parameter", found.Field, "value", values[found.Field], "takes", all[i].takes)
		}
		texts = append(texts, text)
	}
	return &problem{text: messages.Plain(strings.Join(texts, " "))}
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
