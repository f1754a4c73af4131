package pages

import (
	"net/http"
	"sync"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// postAuditExport answers with the events that the filters select, as a file.
// An error after the file has begun is returned like any other: the caller then
// interrupts the response.
func (c *call) postAuditExport() error {
	f, bad, err := c.auditFilters(c.form)
	if err != nil {
		return err
	}
	if bad.Failed() {
		return c.showAudit(c.form)
	}
	kind, format := "application/x-ndjson; charset=utf-8", "jsonl"
	if c.form.Get("format") == "csv" {
		kind, format = "text/csv; charset=utf-8", "csv"
	}
	out, err := desk.NewAuditWriter(c.w, format)
	if err != nil {
		return err
	}
	begin := sync.OnceFunc(func() {
		h := c.w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", `attachment; filename="audit-`+c.Desk.Now().Format("2006-01-02")+"."+format+`"`)
		c.w.WriteHeader(http.StatusOK)
	})
	err = c.Desk.ExportAudit(c.ctx(), c.actor(), c.visit, f.query, f.person, func(e store.Event) error {
		begin()
		return out.Write(e)
	})
	if err != nil {
		return err
	}
	begin()
	return out.Flush()
}
