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
		say("too-many-attempts", "Too many attempts", "To stop guessing and copying, this is blocked for a while.")
	case MaintenancePage:
		say("paused", "Sign-ins are paused", page.Text)
	case BusyPage:
		say("busy", "Try again in a moment", "Nothing was changed.")
	case StoreDownPage:
		say("unavailable", "The back office is not available right now", "Its database is not responding. What was sent was either saved in full or not at all.")
	case ReadOnlyPage:
		say("read-only", "Nothing can be saved right now", "Nothing was changed.")
	case changed:
		p.Status = http.StatusConflict
		say("changed", "This has changed in the meantime", "Nothing was saved. Read it again first.")
	case StaleFormPage:
		say("stale-form", "The form token is missing or belongs to another session", "Nothing was saved. If you have signed in again since you opened this page, reload it.")
		if c.identity != nil {
			p.FormToken = c.formToken()
		}
	case BadRequestPage:
		say("unreadable", "This request could not be read", "It was incomplete, too long, or in an unknown format. Nothing was changed.")
	case CrossOriginPage:
		say("cross-origin", "This came from another site", "It was refused, and nothing was changed.")
	case PlainHTTPPage:
		say("plain-http", "This did not come over HTTPS", page.Cause)
	case MethodNotAllowedPage:
		say("method-not-allowed", "This path does not support this method", "Nothing was changed.")
	case ForbiddenPage:
		say("forbidden", "You do not have access to this", "None of your roles gives you access.")
		if page.Permission != "" {
			p.Detail = "You need the permission “" + page.Permission + "”, which none of your roles has."
		}
	case RefusedPage:
		say("refused", "You cannot continue right now", page.Text)
	case notDone:
		say("not-done", "This was not done", page.Text)
		for _, e := range page.errors {
			p.Errors = append(p.Errors, problemField{e.Field, e.Text})
		}
	case NotFoundPage:
		say("not-found", "Page not found", "")
	case LinkPage:
		say("link", "This link no longer works", "Nothing was changed.")
	case UnexpectedPage:
		say("unexpected", "Something went wrong on our side", "Nothing was left half done.")
	default:
		say("unavailable", http.StatusText(status), "")
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
