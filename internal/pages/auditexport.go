package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// PostAuditExport answers with the events that the filters select, as a file.
// An error after it has begun is returned like any other: the caller breaks the
// answer off.
func PostAuditExport(c *Call) error {
	query, form := auditQuery(c.Form)
	if form.Failed() {
		return c.showAudit(c.Form)
	}
	query, err := c.named(query)
	if err != nil {
		return err
	}
	kind, format := "application/x-ndjson; charset=utf-8", "jsonl"
	if c.Form.Get("format") == "csv" {
		kind, format = "text/csv; charset=utf-8", "csv"
	}
	out, err := desk.NewAuditWriter(c.W, format)
	if err != nil {
		return err
	}
	began := false
	begin := func() {
		if began {
			return
		}
		began = true
		h := c.W.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", `attachment; filename="audit-`+c.Desk.Now().Format("2006-01-02")+"."+format+`"`)
		c.W.WriteHeader(http.StatusOK)
	}
	err = c.Desk.ExportAudit(c.Context(), c.actor(), c.Visit, query, func(e store.Event) error {
		begin()
		return out.Write(e)
	})
	if err != nil {
		return err
	}
	begin()
	return out.Flush()
}
