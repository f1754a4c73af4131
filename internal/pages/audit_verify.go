package pages

import (
	"net/http"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/view"
)

// AuditVerifyPage checks the chain of the audit.
type AuditVerifyPage struct {
	// Result is what was found; empty asks whether to begin.
	Result VerifyResult
	// Checked counts the events that are as they were written, Took is how
	// long it took.
	Checked int
	Took    time.Duration
	// From and Until are the times of the first and the last event checked.
	From, Until time.Time
	// Broken is the first event that does not fit, with its page where it is
	// still there; Problem says in which way.
	Broken, BrokenPath, Problem string
	// Count is how many events there are to check.
	Count int
	// Head is the newest event, as a later check compares with it.
	Head string
}

// VerifyResult is how a check of the audit ended.
type VerifyResult string

const (
	VerifyWhole  VerifyResult = "whole"
	VerifyBroken VerifyResult = "broken"
	// VerifyStopped is that there was no answer: the store failed, or time ran
	// out.
	VerifyStopped VerifyResult = "stopped"
)

func (AuditVerifyPage) Template() string { return "audit_verify" }

func (AuditVerifyPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Audit", Path: "/audit"}, {Label: "Verify"}}
}

// getAuditVerify offers to check the chain of events.
func (c *call) getAuditVerify() error {
	ends, err := c.Desk.AuditCount(c.ctx(), c.actor())
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, AuditVerifyPage{Count: ends})
}

// postAuditVerify checks the chain of events.
func (c *call) postAuditVerify() error {
	began := c.Desk.Now()
	v, err := c.Desk.VerifyAudit(c.ctx(), c.actor(), c.visit, "")
	if err != nil {
		return err
	}
	p := AuditVerifyPage{Result: VerifyWhole, Checked: v.Checked, Took: c.Desk.Now().Sub(began), From: v.FromAt, Until: v.ToAt, Head: v.Head}
	if v.Broken != 0 {
		p.Result, p.Broken, p.Problem = VerifyBroken, strconv.FormatInt(v.Broken, 10), v.Problem
		if _, err := c.Desk.AuditEvent(c.ctx(), c.actor(), v.Broken); err == nil {
			p.BrokenPath = "/audit/" + p.Broken
		}
	}
	return c.show(http.StatusOK, p)
}
