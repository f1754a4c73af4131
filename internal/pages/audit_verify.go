package pages

import (
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// AuditVerifyPage verifies the chain of the audit log.
type AuditVerifyPage struct {
	// Count is how many entries there are to verify.
	Count int
	// Verdict is nil until the log has been verified.
	Verdict *desk.Verdict
	Took    time.Duration
	// BrokenPath is the page of the first broken entry, if it still exists.
	BrokenPath string
}

func (AuditVerifyPage) Template() string { return "audit_verify" }

func (AuditVerifyPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.audit"), Path: "/audit"}, {Label: in.Text("audit.verify")}}
}

func (c *call) getAuditVerify() error {
	n, err := c.Desk.AuditCount(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, AuditVerifyPage{Count: n})
}

func (c *call) postAuditVerify() error {
	began := c.Desk.Now()
	v, err := c.Desk.VerifyAudit(c.ctx(), c.actor(), c.visit, "")
	if err != nil {
		return err
	}
	p := AuditVerifyPage{Verdict: &v, Took: c.Desk.Now().Sub(began)}
	if v.Broken != 0 {
		p.BrokenPath = c.existingEvent(v.Broken)
	}
	return c.show(http.StatusOK, p)
}
