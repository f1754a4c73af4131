package admin

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

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
	write, kind, ext := exportJSON, "application/x-ndjson; charset=utf-8", "jsonl"
	if c.Form.Get("format") == "csv" {
		write, kind, ext = exportCSV, "text/csv; charset=utf-8", "csv"
	}
	each, flush := write(c.W)
	began := false
	begin := func() {
		if began {
			return
		}
		began = true
		h := c.W.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", `attachment; filename="audit-`+c.Services.Now().Format("2006-01-02")+"."+ext+`"`)
		c.W.WriteHeader(http.StatusOK)
	}
	err = c.Services.ExportAudit(c.Context(), c.actor(), c.Visit, query, func(e store.Event) error {
		begin()
		return each(e)
	})
	if err != nil {
		return err
	}
	begin()
	return flush()
}

func exportJSON(w io.Writer) (each func(store.Event) error, flush func() error) {
	enc := json.NewEncoder(w)
	return func(e store.Event) error { return enc.Encode(exported(e)) }, func() error { return nil }
}

// exportedEvent is an event as it leaves the office; the names are public.
type exportedEvent struct {
	Seq        int64             `json:"seq"`
	ID         string            `json:"id"`
	At         time.Time         `json:"at"`
	Event      string            `json:"event"`
	Outcome    string            `json:"outcome"`
	Actor      string            `json:"actor"`
	ActorName  string            `json:"actor_name"`
	Target     string            `json:"target"`
	TargetKind string            `json:"target_kind"`
	TargetName string            `json:"target_name"`
	Address    string            `json:"address"`
	UserAgent  string            `json:"user_agent"`
	Route      string            `json:"route"`
	Request    string            `json:"request"`
	Session    string            `json:"session"`
	Reason     string            `json:"reason"`
	Detail     map[string]string `json:"detail,omitempty"`
}

func exported(e store.Event) exportedEvent {
	return exportedEvent{e.Seq, e.ID, e.At, e.Code, e.Outcome, e.ActorID, e.ActorName, e.TargetID, e.TargetKind, e.TargetName,
		e.Address, e.UserAgent, e.Route, e.RequestID, e.SessionID, e.Reason, e.Detail}
}

func exportCSV(w io.Writer) (each func(store.Event) error, flush func() error) {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	header := sync.OnceValue(func() error {
		return out.Write([]string{"seq", "id", "at", "event", "outcome", "actor", "actor_name", "target", "target_kind", "target_name",
			"address", "user_agent", "route", "request", "session", "reason", "detail"})
	})
	each = func(e store.Event) error {
		if err := header(); err != nil {
			return err
		}
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return err
		}
		if len(e.Detail) == 0 {
			detail = nil
		}
		row := []string{strconv.FormatInt(e.Seq, 10), e.ID, e.At.Format(time.RFC3339Nano), e.Code, e.Outcome, e.ActorID, e.ActorName, e.TargetID,
			e.TargetKind, e.TargetName, e.Address, e.UserAgent, e.Route, e.RequestID, e.SessionID, e.Reason, string(detail)}
		for i := range row {
			row[i] = harmless(row[i])
		}
		return out.Write(row)
	}
	return each, func() error {
		if err := header(); err != nil {
			return err
		}
		out.Flush()
		return out.Error()
	}
}

// harmless keeps a spreadsheet from taking a cell for a formula (ASVS 1.2.10).
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\x00", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
