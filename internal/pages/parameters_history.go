package pages

import (
	"net/http"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// ParametersHistoryPage tells who changed a parameter, when, from what and to what.
type ParametersHistoryPage struct {
	Label, Effect, Section, SectionPath string
	// Path is that of the parameter, and Means what its value in force means.
	Path, Means string
	Changes     []PastChange
	// Later reports that newer changes are on a page before this one. Next leads to
	// older ones; empty if there are none.
	Later bool
	Next  string
}

// PastChange is one change of a parameter, as people read values.
type PastChange struct {
	At                time.Time
	By, Before, After string
	// Path is its audit entry; empty if the reader may not see that.
	Path string
}

func (ParametersHistoryPage) Template() string { return "parameters_history" }

func (p ParametersHistoryPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{parametersTop(in), {Label: p.Section, Path: p.SectionPath}, {Label: in.Text("parameters.history")}}
}

func (c *call) getParametersHistory() error {
	before, _ := strconv.ParseInt(c.query().Get("before"), 10, 64)
	h, err := c.Desk.ParameterHistory(c.ctx(), c.actor(), c.inner.PathValue("name"), before)
	if err != nil {
		return err
	}
	p := ParametersHistoryPage{
		Label: c.say(h.Label()), Effect: c.say(h.Effect()), Section: c.say(h.Section()), SectionPath: sectionPath(h.SectionID),
		Path: parameterPath(h.Definition), Means: c.say(h.Means), Later: before > 0,
	}
	for _, ch := range h.Changes {
		past := PastChange{At: ch.At, By: ch.By, Before: c.say(ch.From), After: c.say(ch.To)}
		if ch.ActorID == desk.ActorSystem {
			past.By = c.t("parameters.history.office")
		}
		if c.identity.Can(desk.PermissionAuditView) {
			past.Path = eventPath(ch.Seq)
		}
		p.Changes = append(p.Changes, past)
	}
	if h.Next > 0 {
		p.Next = historyPath(h.Name) + "?before=" + strconv.FormatInt(h.Next, 10)
	}
	return c.show(http.StatusOK, p)
}

func historyPath(name string) string { return "/parameters/history/" + name }
