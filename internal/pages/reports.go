package pages

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"regexp"
)

const (
	// reportPath is where browsers report what the Content-Security-Policy made them
	// block, if the host asks for that (ASVS 3.4.7).
	reportPath = "/csp-report"
	// maxReport is the most bytes of a report.
	maxReport = 8 << 10
)

// serveReport notes a report. Anyone can send one, so only the name of a directive and
// the blocked origin are kept, and the number of entries is limited.
func (c *call) serveReport() {
	if c.r.Method != http.MethodPost {
		c.w.Header().Set("Allow", http.MethodPost)
		c.problem(http.StatusMethodNotAllowed, MethodNotAllowedPage{})
		return
	}
	status := http.StatusNoContent
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	body, err := c.read(maxReport)
	unread := badRequest(0)
	switch {
	case errors.As(err, &unread):
		status = int(unread)
	case kind == "application/csp-report":
		var old struct {
			Report violation `json:"csp-report"`
		}
		if json.Unmarshal(body, &old) == nil {
			c.noteViolation(old.Report)
		}
	case kind == "application/reports+json":
		var reports []struct {
			Type string
			Body violation
		}
		if json.Unmarshal(body, &reports) == nil && len(reports) > 0 && reports[0].Type == "csp-violation" {
			c.noteViolation(reports[0].Body)
		}
	default:
		status = http.StatusUnsupportedMediaType
	}
	c.w.WriteHeader(status)
}

// violation is a report in either format that browsers send.
type violation struct {
	Directive    string `json:"effectiveDirective"`
	OldDirective string `json:"effective-directive"`
	Blocked      string `json:"blockedURL"`
	OldBlocked   string `json:"blocked-uri"`
}

var directive = regexp.MustCompile(`^[a-z]+(?:-[a-z]+){0,4}$`)

func (c *call) noteViolation(v violation) {
	name, blocked := v.Directive+v.OldDirective, v.Blocked+v.OldBlocked
	if len(name) > 40 || !directive.MatchString(name) {
		return
	}
	if u, err := url.Parse(blocked); err != nil || !directive.MatchString(blocked) {
		blocked = ""
		if err == nil && u.Host != "" {
			blocked = u.Scheme + "://" + u.Host // anyone can put anything into the rest
		}
	}
	c.Desk.Violation(c.ctx(), c.visit, c.identity, name, blocked)
}
