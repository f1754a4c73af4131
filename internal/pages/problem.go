package pages

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// problem tells a script why it was refused (RFC 9457).
type problem struct {
	// Type is the last part of a URL.
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// RequestID is that of the log.
	RequestID string `json:"request_id"`
	// Location is the path, with the alias, of the page where a person removes the cause.
	Location string `json:"location,omitempty"`
	// FormToken is the one to send in place of the refused one.
	FormToken string `json:"form_token,omitempty"`
	// RetryAfter is in seconds.
	RetryAfter int `json:"retry_after,omitempty"`
	// Errors are mistakes in what was sent.
	Errors []problemField `json:"errors,omitempty"`
}

type problemField struct {
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail"`
}

const (
	problemTypes       = "https://github.com/postern-go/postern/blob/main/docs/embedding.md#"
	problemContentType = "application/problem+json"
)

// changed and notDone are pages of which scripts are told more.
type (
	changed struct{ StaleFormPage }
	notDone struct {
		NotDonePage
		errors []view.FieldError
	}
)

// refusalOf says what a page of refusal says.
func (c *call) refusalOf(status int, page view.Page) problem {
	p := problem{Status: status}
	say := func(kind, title, detail string) { p.Type, p.Title, p.Detail = kind, title, detail }
	switch page := page.(type) {
	case TooManyTriesPage:
		say("too-many-attempts", c.t("refusal.too_many_tries.title"), c.t("refusal.too_many_tries.detail"))
	case MaintenancePage:
		say("paused", c.t("refusal.maintenance.title"), page.Text)
	case BusyPage:
		say("busy", c.t("refusal.busy.title"), c.t("refusal.busy.detail"))
	case StoreDownPage:
		say("unavailable", c.t("refusal.store_down.title"), c.t("refusal.store_down.detail"))
	case ReadOnlyPage:
		say("read-only", c.t("refusal.read_only.title"), c.t("refusal.read_only.detail"))
	case changed:
		p.Status = http.StatusConflict
		say("changed", c.t("refusal.changed.title"), c.t("refusal.changed.detail"))
	case StaleFormPage:
		say("stale-form", c.t("refusal.stale_form.token"), c.t("refusal.stale_form.token_detail"))
		if c.identity != nil {
			p.FormToken = c.formToken()
		}
	case BadRequestPage:
		say("unreadable", c.t("refusal.bad_request.title"), c.t("refusal.bad_request.detail"))
	case CrossOriginPage:
		say("cross-origin", c.t("refusal.cross_origin.title"), c.t("refusal.cross_origin.detail"))
	case PlainHTTPPage:
		say("plain-http", c.t("refusal.plain_http.script"), page.Cause)
	case MethodNotAllowedPage:
		say("method-not-allowed", c.t("refusal.method_not_allowed.script"), c.t("refusal.method_not_allowed.detail"))
	case ForbiddenPage:
		say("forbidden", c.t("refusal.forbidden.title"), c.t("refusal.forbidden.none"))
		if page.Permission != "" {
			p.Detail = c.t("refusal.forbidden.permission", "permission", page.Permission)
		}
	case SeeingPage:
		say("seeing-as", c.t("seeas.refused.title", "name", page.Name), page.Text)
	case SeeingOverPage:
		say("seeing-as-ended", c.t("seeas.over.title"), page.Text)
	case RefusedPage:
		say("refused", c.t("refusal.refused.title"), page.Text)
	case notDone:
		say("not-done", c.t("refusal.not_done.title"), page.Text)
		for _, e := range page.errors {
			p.Errors = append(p.Errors, problemField{e.Field, e.Text})
		}
	case NotFoundPage:
		say("not-found", c.t("refusal.not_found.title"), "")
	case LinkPage:
		say("link", c.t("link.dead.title"), c.t("link.dead.detail"))
	case UnexpectedPage:
		say("unexpected", c.t("refusal.unexpected.title"), c.t("refusal.unexpected.detail"))
	default:
		say("unavailable", c.t("refusal.unavailable.title"), "")
	}
	return p
}

// writeProblem answers a script.
func (c *call) writeProblem(p problem) error {
	p.Type, p.RequestID = problemTypes+p.Type, c.visit.RequestID
	p.RetryAfter, _ = strconv.Atoi(c.w.Header().Get("Retry-After"))
	return c.writeJSON(p.Status, problemContentType, p)
}

func (c *call) writeJSON(status int, kind string, value any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", "  ") // people read it in the tools of their browser
	if err := encoder.Encode(value); err != nil {
		return err
	}
	return c.writeAs(status, kind, b.Bytes())
}

// formTokenPath is where a script gets a form token.
const formTokenPath = "/account/form-token"

// getFormToken gives a script a form token of this session. It is no page, and does not
// keep the session alive. No page of another origin gets it, whatever headers the host
// adds for its own.
func (c *call) getFormToken() error {
	if err := c.onlyScripts(); err != nil {
		return err
	}
	return c.writeJSON(http.StatusOK, "application/json", map[string]string{"form_token": c.formToken()})
}

// onlyScripts refuses pages of other origins, and people who open the path: it is not a page.
func (c *call) onlyScripts() error {
	if c.navigation() {
		return desk.ErrNotFound
	}
	if same, stated := c.sameOrigin(); stated && !same {
		return errCrossOrigin
	}
	return nil
}
