package desk

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/store"
)

// exports is how many exports an operator may start in 15 minutes, exportBatch
// how many events are read at a time.
const (
	exports     = 20
	exportBatch = 500
)

// ExportAudit records the export and then calls each with every event that Trail lists,
// newest first. Events appended in the meantime are left out.
func (d *Desk) ExportAudit(ctx context.Context, a Actor, v Visit, q store.EventQuery, person string, each func(store.Event) error) error {
	if err := a.may(PermissionAuditView); err != nil {
		return err
	}
	if _, err := d.limit(ctx, a, "audit-export", exports, limitWindow); err != nil {
		return err
	}
	event := d.Audit(v, "audit.exported", Success).Actor(a).With("filter", filterText(q, person)).Write()
	if err := d.commitAs(ctx, a, "record the export", event); err != nil {
		return err
	}
	ctx = bounded.Each(ctx, 0) // as long as the log is
	q.Limit, q.OldestFirst = exportBatch, false
	for {
		page, err := d.Trail(ctx, a, q, person)
		if err != nil {
			return err
		}
		for _, e := range page.Rows {
			if err := each(e); err != nil {
				return err
			}
		}
		if page.Next == 0 {
			return nil
		}
		q.BeforeSeq = page.Next
	}
}

// MayExport counts an export of something of the host's, and returns *LimitedError after too
// many.
func (d *Desk) MayExport(ctx context.Context, a Actor) error {
	_, err := d.limit(ctx, a, "host-export", exports, limitWindow)
	return err
}

// EachInTime returns a context in which the store has its time for each call, as for an
// export that takes many.
func EachInTime(ctx context.Context) context.Context { return bounded.Each(ctx, 0) }

// filterText writes a query as the audit log keeps it.
func filterText(q store.EventQuery, person string) string {
	var parts []string
	for _, f := range []struct{ name, value string }{
		{"area", q.Area}, {"event", q.Code}, {"outcome", q.Outcome}, {"person", person}, {"actor", q.ActorID}, {"target", q.TargetID},
		{"address", q.IP}, {"session", q.SessionID}, {"from", moment(q.From)}, {"until", moment(q.Until)},
	} {
		if f.value != "" {
			parts = append(parts, f.name+"="+f.value)
		}
	}
	if len(parts) == 0 {
		return "everything"
	}
	return strings.Join(parts, " ")
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// AuditRecord is an event as exports have it. The names and their order are
// public.
type AuditRecord struct {
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
	IP         string            `json:"address"`
	UserAgent  string            `json:"user_agent"`
	Route      string            `json:"route"`
	Request    string            `json:"request"`
	Session    string            `json:"session"`
	Reason     string            `json:"reason"`
	Detail     map[string]string `json:"detail,omitempty"`
}

func NewAuditRecord(e store.Event) AuditRecord {
	return AuditRecord{e.Seq, e.ID, e.At, e.Code, e.Outcome, e.ActorID, e.ActorName, e.TargetID, e.TargetKind, e.TargetName,
		e.IP, e.UserAgent, e.Route, e.RequestID, e.SessionID, e.Reason, e.Detail}
}

// AuditWriter writes events in order. Events may be missing until Flush.
type AuditWriter interface {
	Write(e store.Event) error
	Flush() error
}

// NewAuditWriter writes events to w as "csv" (RFC 4180, one header, times in
// RFC 3339, after a byte order mark) or "jsonl", a JSON object a line.
func NewAuditWriter(w io.Writer, format string) (AuditWriter, error) {
	switch format {
	case "csv":
		out := csv.NewWriter(w)
		out.UseCRLF = true
		return csvFile{out}, out.Write(auditColumns()) // It stays in a buffer until there is more.
	case "jsonl":
		return jsonLines{w}, nil
	}
	return nil, fmt.Errorf("the audit log cannot be written as %q: choose csv or jsonl", format)
}

type jsonLines struct{ io.Writer }

func (j jsonLines) Write(e store.Event) error { return WriteJSON(j.Writer, NewAuditRecord(e), "") }

func (jsonLines) Flush() error { return nil }

type csvFile struct{ out *csv.Writer }

// auditColumns is the header. Without the mark, Excel reads the file in the code page
// of the country, and every letter outside ASCII as two others.
func auditColumns() []string {
	return []string{byteOrderMark + "seq", "id", "at", "event", "outcome", "actor", "actor_name", "target", "target_kind", "target_name",
		"address", "user_agent", "route", "request", "session", "reason", "detail"}
}

const byteOrderMark = "\uFEFF"

func (c csvFile) Write(e store.Event) error {
	detail := ""
	if len(e.Detail) > 0 {
		text, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("write the details of an event: %w", err)
		}
		detail = string(text)
	}
	row := []string{strconv.FormatInt(e.Seq, 10), e.ID, e.At.Format(time.RFC3339Nano), e.Code, e.Outcome, e.ActorID, e.ActorName, e.TargetID,
		e.TargetKind, e.TargetName, e.IP, e.UserAgent, e.Route, e.RequestID, e.SessionID, e.Reason, detail}
	for i := range row {
		row[i] = Harmless(row[i])
	}
	return c.out.Write(row)
}

func (c csvFile) Flush() error {
	c.out.Flush()
	return c.out.Error()
}

// unseen matches what can hide before a formula: spaces, quotes, accents without a
// letter, and characters that print nothing.
const unseen = `["'\x60\pZ\pC\pM\x{115F}\x{1160}\x{2800}\x{3164}\x{FFA0}]*`

// formula matches the beginning of one, in any width, at the beginning of a cell or
// after a separator. Where the comma is the decimal separator, spreadsheets split
// cells at semicolons, and ignore the quotes, which are inside their cells.
var formula = regexp.MustCompile(`(^|[;|])(` + unseen + `[=+\-@＝＋－＠﹦﹢﹣﹫])`)

// Harmless keeps a spreadsheet from taking a cell, or a part of it, for a formula
// (ASVS 1.2.10), or for the end of a cell or a row. What prints nothing, or moves the
// cursor of a terminal, becomes U+FFFD; "jsonl" has it as it was.
func Harmless(cell string) string {
	return formula.ReplaceAllString(OneLine(cell, math.MaxInt), "$1'$2")
}
