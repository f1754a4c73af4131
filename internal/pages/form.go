package pages

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// errUnknownAct says that a form asks for something that its page does not do.
var errUnknownAct = errors.New("form asks for no act of its page")

// dropUnknown drops fields that a form does not have, and returns what to say about
// them in the audit log, or "". No browser sends them on its own (ASVS 8.2.3). Only
// names that are fields of other forms are written, as people can type a secret in
// the wrong place.
func (c *call) dropUnknown(fields []string) string {
	var named []string
	before := len(c.form)
	for name := range c.form {
		if name == tokenField || name == keptField || slices.Contains(fields, name) {
			continue
		}
		delete(c.form, name)
		if c.fields[name] {
			named = append(named, name)
		}
	}
	if len(c.form) == before {
		return ""
	}
	slices.Sort(named)
	return strings.TrimSuffix("fields that the form does not have: "+strings.Join(named, ", "), ": ")
}

// version is the record's version when the form was shown. -1, for anything but a
// number, is no record's.
func (c *call) version() int64 {
	n, err := strconv.ParseInt(c.form.Get("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func version(n int64) string { return strconv.FormatInt(n, 10) }

// confirmed reports whether the difference has been shown.
func (c *call) confirmed() bool { return c.form.Get("confirm") == "yes" }

// again is what was posted, for the page that shows the difference, whose form
// adds the confirmation.
func (c *call) again() []Hidden {
	var fields []Hidden
	for _, name := range slices.Sorted(maps.Keys(c.form)) {
		if name == "confirm" || name == tokenField {
			continue
		}
		for _, v := range c.form[name] {
			fields = append(fields, Hidden{Name: name, Value: v})
		}
	}
	return fields
}

// Hidden is a field that a form sends again.
type Hidden struct{ Name, Value string }

// refusal returns the form that says what err refuses, and whether one can.
func (c *call) refusal(err error) (view.Form, bool) {
	bad, notNow := (*desk.InvalidError)(nil), (*desk.NotNowError)(nil)
	switch {
	case errors.As(err, &bad):
		return c.problems(bad), true
	case errors.As(err, &notNow):
		return view.Form{}.Refuse("", c.say(notNow.Text)), true
	case errors.Is(err, desk.ErrLastSuperAdministrator):
		return view.Form{}.Refuse("", c.say(desk.LastSuperAdministratorText)), true
	case errors.Is(err, desk.ErrElsewhere):
		return view.Form{}.Refuse("", c.t("operators.elsewhere")), true
	}
	return view.Form{}, false
}

// problems puts what is wrong beside its fields.
func (c *call) problems(bad *desk.InvalidError) view.Form {
	var f view.Form
	for _, p := range bad.Problems {
		f.Errors = append(f.Errors, view.FieldError{Field: p.Field, Text: c.say(p.Text)})
	}
	return f
}
