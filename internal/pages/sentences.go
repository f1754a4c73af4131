package pages

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// Sentence is an event as people would tell it: "Ada gave Ben the role Moderator". The
// partial "sentence" shows it.
type Sentence []Part

// Part is a part of a sentence. Name reports that it is data, in whichever direction
// that is written. Path is the complete path of what it names, if there is a page of it
// that the reader may open, or empty: someone deleted since is not found there.
type Part struct {
	Text string
	Path string
	Name bool
}

// Text is the sentence without links.
func (s Sentence) Text() string {
	var b strings.Builder
	for _, p := range s {
		b.WriteString(p.Text)
	}
	return b.String()
}

// sentence says an event. Names are as they were at the time; roles are called as they
// are now. An event that has no sentence is said by its title.
func (c *call) sentence(e store.Event) Sentence {
	in := c.words()
	key := "event." + e.Code + ".says" + variantOf(e)
	switch {
	case !desk.Events[e.Code]:
		return c.hostSentence(e)
	case !in.Has(key):
		return Sentence{{Text: c.eventTitle(e.Code)}}
	}
	n, _ := strconv.Atoi(figure(e))
	pieces := in.Pieces(key, n)
	s := make(Sentence, 0, len(pieces))
	for i, p := range pieces {
		if p.Arg == "" {
			s = append(s, Part{Text: p.Text})
		} else {
			s = append(s, c.argument(e, p.Arg, i == 0)...)
		}
	}
	return s
}

// figure is the number in the sentence of an event, which chooses its plural form.
func figure(e store.Event) string {
	switch e.Code {
	case "audit.verified":
		return e.Detail["checked"]
	case "recovery.used":
		return e.Detail["left"]
	}
	return strconv.Itoa(len(parametersIn(e)))
}

// parametersIn are the parameters that the details of an entry name: without those that say
// who approved of the change.
func parametersIn(e store.Event) []string {
	return slices.Sorted(func(yield func(string) bool) {
		for key := range e.Detail {
			if key != desk.DetailApprovedBy && key != desk.DetailApproval && !yield(key) {
				return
			}
		}
	})
}

// variantOf is the variant of the sentence that tells an event, such as ".self", or empty.
func variantOf(e store.Event) string {
	d := e.Detail
	switch e.Code {
	case "alias.rolled_back", "session.all_ended":
		return when(e.ActorID == desk.ActorSystem, ".system")
	case "audit.verified":
		return when(e.Outcome == desk.Failure, ".failure")
	case "browser.removed":
		return when(d["which"] == "others", ".others")
	case "code.limited":
		return when(d["factor"] == "recovery code", ".recovery")
	case "code.refused":
		return when(e.Reason != "", ".first")
	case "mail.tested":
		return when(e.TargetKind == "mail", ".other")
	case "office.checklist":
		return cmp.Or(when(d["act"] == desk.HideChecklist, ".hide"), when(d["act"] == desk.ShowChecklist, ".show"))
	case "operator.invited":
		return when(d["roles"] == "", ".again")
	case "operator.invitation_renewed":
		return when(e.Outcome != desk.Success, ".refused")
	case "operator.refreshed":
		return when(e.Outcome != desk.Success, ".failure")
	case "operator.end_changed":
		return when(d["after"] == "never", ".removed")
	case "operator.email_changed", "operator.renamed":
		return when(e.ActorID == e.TargetID, ".self")
	case "operator.language_changed":
		return when(d["after"] == "", ".automatic")
	case "operator.roles_changed":
		gained, lost := rolesMoved(e)
		switch {
		case len(gained) == 1 && len(lost) == 0:
			return ".gained"
		case len(lost) == 1 && len(gained) == 0:
			return ".lost"
		}
	case "operator.sessions_ended":
		return when(d["which"] != "all", ".one")
	case "parameters.changed":
		return when(len(parametersIn(e)) != 1, ".several")
	case "policy.violated", "request.failed":
		return when(e.ActorID == "", ".unknown")
	case "operator.invitation_refused", "password.reset_refused", "password.reset_requested", "signin.refused":
		return when(e.TargetName == "", ".unknown")
	case "session.ended":
		return when(e.TargetKind == "session", ".listed")
	case "two_factor.removed", "passkey.removed":
		return when(e.ActorID != e.TargetID, ".other")
	}
	return ""
}

func when(is bool, variant string) string {
	if is {
		return variant
	}
	return ""
}

// rolesMoved are the ids of the roles that someone was given, and that were taken from
// them.
func rolesMoved(e store.Event) (gained, lost []string) {
	before, after := strings.Fields(e.Detail["before"]), strings.Fields(e.Detail["after"])
	without := func(all, others []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(id string) bool { return slices.Contains(others, id) })
	}
	return without(after, before), without(before, after)
}

// argument returns what replaces the name of an argument, which may begin the sentence. If
// the detail is missing, which only someone outside the office can cause, it is "…".
func (c *call) argument(e store.Event, name string, first bool) Sentence {
	data := func(text string) Sentence { return Sentence{{Text: cmp.Or(shortened(text), "…"), Name: true}} }
	switch name {
	case "actor":
		return c.actorPart(e, first)
	case "target":
		return Sentence{c.targetPart(e, first)}
	case "role":
		gained, lost := rolesMoved(e)
		return c.rolesPart(slices.Concat(gained, lost))
	case "roles":
		return c.rolesPart(strings.Fields(e.Detail["roles"]))
	case "kind":
		return data(c.mailTitle(e.TargetName))
	case "n":
		if n, err := strconv.Atoi(figure(e)); err == nil {
			return data(c.words().Number(n))
		}
		return data(figure(e))
	case "what":
		return data(c.say(desk.Approval{Act: e.Detail["act"], Name: e.TargetName}.Title()))
	case "asker":
		return data(e.Detail["asked_by"])
	case "permission":
		return data(c.permissionLabel(e.Detail["permission"]))
	case "request":
		return data(e.Route)
	case "label":
		return data(c.say(desk.Authenticator{Label: e.Detail["label"]}.Title()))
	case "last_day", "unused_since":
		return data(c.dayDetail(e.Detail[name]))
	case "before", "after":
		switch e.Code {
		case "operator.end_changed":
			return data(c.dayDetail(e.Detail[name]))
		case "operator.language_changed":
			return data(c.Desk.LanguageName(e.Detail[name]))
		case "operator.roles_changed", "operator.roles_followed":
			return c.rolesPart(strings.Fields(e.Detail[name]))
		case "parameters.changed":
			if keys := parametersIn(e); len(keys) > 0 {
				before, after, _ := strings.Cut(e.Detail[keys[0]], " → ")
				if name == "after" {
					before = after
				}
				return data(c.parameterValue(keys[0], before))
			}
		case "audit.purged":
			if t, err := time.Parse(time.RFC3339Nano, e.Detail[name]); err == nil {
				return data(c.words().Date(messages.On(t)))
			}
		}
	case "name":
		switch e.Code {
		case "parameters.changed":
			if keys := parametersIn(e); len(keys) > 0 {
				return data(c.parameterLabel(keys[0]))
			}
		case "parameters.invalid":
			return data(c.parameterLabel(e.TargetName))
		}
		return data(e.TargetName)
	}
	return data(e.Detail[name])
}

// dayDetail is a day in the detail of an event, as the reader writes it.
func (c *call) dayDetail(text string) string {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return c.words().Date(messages.On(day))
}

// nameless says one of those who have no name, who may begin a sentence.
func (c *call) nameless(key string, first bool) Part {
	if !first {
		key += ".inside"
	}
	return Part{Text: c.t(key)}
}

func (c *call) actorPart(e store.Event, first bool) Sentence {
	job := desk.JobOf(e.ActorID)
	switch {
	case e.ActorID == desk.ActorSystem:
		return Sentence{c.nameless("event.office", first)}
	case e.ActorID == desk.ActorCommandLine:
		return Sentence{c.nameless("event.command_line", first)}
	case e.ActorID == "" || e.ActorName == "":
		return Sentence{c.nameless("event.someone", first)}
	case job != "" && first:
		return c.named("event.job", job)
	case job != "":
		return c.named("event.job.inside", job)
	}
	return Sentence{{Text: e.ActorName, Path: c.personPath(e.ActorID), Name: true}}
}

// named says a message with a name in it.
func (c *call) named(key, name string) Sentence {
	var s Sentence
	for _, p := range c.words().Pieces(key, 0) {
		if p.Arg != "" {
			s = append(s, Part{Text: name, Name: true})
		} else {
			s = append(s, Part{Text: p.Text})
		}
	}
	return s
}

func (c *call) targetPart(e store.Event, first bool) Part {
	if e.TargetName == "" {
		return c.nameless("event.unknown_account", first)
	}
	p := Part{Text: e.TargetName, Name: true}
	if e.TargetKind == "operator" && e.Code != "operator.deleted" && e.Code != "operator.invitation_cancelled" {
		p.Path = c.personPath(e.TargetID)
	}
	return p
}

// personPath is the complete path of an operator's page, or empty if the reader may not
// open it. Whether there still is one is not asked, which would cost a read for every
// row.
func (c *call) personPath(id string) string {
	if id == "" || desk.NotOperator(id) || c.identity == nil || !c.identity.Can(desk.PermissionOperatorsView) {
		return ""
	}
	return c.base + operatorPath(id)
}

// rolesPart lists roles by their names.
func (c *call) rolesPart(ids []string) Sentence {
	if len(ids) == 0 {
		return Sentence{{Text: c.t("event.no_role")}}
	}
	s := Sentence{{Text: c.roleName(ids[0]), Name: true}}
	for i, id := range ids[1:] {
		form := "format.list.more"
		if i == len(ids)-2 {
			form = "format.list.last"
		}
		var longer Sentence
		for _, p := range c.words().Pieces(form, 0) {
			switch p.Arg {
			case "before":
				longer = append(longer, s...)
			case "item":
				longer = append(longer, Part{Text: c.roleName(id), Name: true})
			default:
				longer = append(longer, Part{Text: p.Text})
			}
		}
		s = longer
	}
	return s
}

// roleName is what a role is called. The roles are read once for a page that names one;
// if that fails, or if the role was deleted, it is called by its id.
func (c *call) roleName(id string) string {
	if c.roleNames == nil {
		c.roleNames = map[string]string{}
		all, err := c.Desk.AllRoles(c.ctx())
		if err != nil {
			all = c.Desk.BuiltInRoles()
		}
		for _, r := range all {
			c.roleNames[r.ID] = c.say(r.Title())
		}
	}
	return cmp.Or(c.roleNames[id], id)
}

func (c *call) permissionLabel(key string) string {
	all := c.Desk.Permissions()
	if i := slices.IndexFunc(all, func(p desk.Permission) bool { return p.Key == key }); i >= 0 {
		return c.say(all[i].Title())
	}
	return key
}

func (c *call) parameter(name string) (settings.Definition, bool) {
	all := c.Desk.Definitions()
	i := slices.IndexFunc(all, func(d settings.Definition) bool { return d.Name == name })
	if i < 0 {
		return settings.Definition{}, false
	}
	return all[i], true
}

// parameterLabel is what a parameter is called: "Passwords: Maximum age".
func (c *call) parameterLabel(name string) string {
	if d, ok := c.parameter(name); ok {
		return c.say(d.Called())
	}
	return name
}

func (c *call) parameterValue(name, value string) string {
	if d, ok := c.parameter(name); ok {
		return c.say(d.Meant(value))
	}
	return value
}

// longest is how much of a value a sentence shows, in characters. The entry's page has
// all of it.
const longest = 80

// shortened cuts a text at longest.
func shortened(text string) string {
	runes := []rune(text)
	if len(runes) <= longest {
		return text
	}
	return string(runes[:longest-1]) + "…"
}
