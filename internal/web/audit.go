package web

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	show "github.com/postern-go/postern/internal/pages/admin"
	"github.com/postern-go/postern/internal/pages/view"
	"github.com/postern-go/postern/store"
)

// outcomes are the outcomes of events as pages say them.
var outcomes = map[string]struct {
	word  string
	level view.Level
}{
	desk.Success: {"Success", view.LevelSuccess},
	desk.Failure: {"Failure", view.LevelDanger},
	desk.Refused: {"Refused", view.LevelWarning},
}

func eventRow(e store.Event) show.EventRow {
	o := outcomes[e.Outcome]
	row := show.EventRow{
		Title: words(e.Code), Code: e.Code, Path: "/audit/" + strconv.FormatInt(e.Seq, 10), At: e.At,
		Actor: e.ActorName, Target: e.TargetName, Address: e.Address, Outcome: o.word, Level: o.level,
	}
	if e.ActorID == desk.ActorSystem {
		row.Actor = "The office"
	}
	return row
}

// auditQuery reads the filters of the page. What cannot be read filters
// nothing.
func auditQuery(q url.Values) store.EventQuery {
	at := func(name string) time.Time {
		for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02"} {
			if t, err := time.Parse(layout, q.Get(name)); err == nil {
				return t.UTC()
			}
		}
		return time.Time{}
	}
	query := store.EventQuery{
		Area: q.Get("area"), Code: q.Get("event"), Outcome: q.Get("outcome"), ActorID: q.Get("actor"), TargetID: q.Get("target"),
		Address: strings.TrimSpace(q.Get("address")), From: at("from"), Until: at("until"),
	}
	query.BeforeSeq, _ = strconv.ParseInt(q.Get("before"), 10, 64)
	return query
}

func (c *call) getAudit() error {
	q := c.r.URL.Query()
	query := auditQuery(q)
	query.Limit = rowsPerPage + 1
	query, err := c.namedActors(query)
	if err != nil {
		return err
	}
	events, err := c.s.Services.AuditPage(c.r.Context(), c.actor(), query)
	if err != nil {
		return err
	}
	p := show.AuditPage{
		Outcome: q.Get("outcome"), Actor: q.Get("actor"), Address: q.Get("address"), Target: q.Get("target"), From: q.Get("from"), Until: q.Get("until"),
		MayExport: true,
	}
	areas := map[string]bool{}
	for _, code := range slices.Sorted(maps.Keys(desk.EventCodes)) {
		area := store.Event{Code: code}.Area()
		if !areas[area] {
			areas[area] = true
			p.Areas = append(p.Areas, view.Option{Value: area, Label: words(area), Chosen: area == query.Area})
		}
		p.Names = append(p.Names, view.Option{Value: code, Label: code, Chosen: code == query.Code})
	}
	for _, name := range []string{"area", "event", "outcome", "actor", "address", "target", "from", "until"} {
		if v := q.Get(name); v != "" {
			p.Filtered = true
			p.Fields = append(p.Fields, show.Hidden{Name: name, Value: v})
		}
	}
	events, more := pager(events)
	if query.BeforeSeq > 0 {
		p.Previous = c.following("/audit", nil, "before")
	}
	if more {
		p.Next = c.following("/audit", map[string]string{"before": strconv.FormatInt(events[len(events)-1].Seq, 10)})
	}
	for _, e := range events {
		p.Events = append(p.Events, eventRow(e))
	}
	return c.show(http.StatusOK, p)
}

// namedActors lets people filter by name or e-mail address where events have
// ids. Somebody unknown is looked for as typed, and found in nothing.
func (c *call) namedActors(q store.EventQuery) (store.EventQuery, error) {
	for _, id := range []*string{&q.ActorID, &q.TargetID} {
		if *id == "" || *id == desk.ActorSystem || *id == desk.ActorCommandLine || !c.identity.Can(desk.PermissionOperatorsView) {
			continue
		}
		if o, err := c.s.Services.FindOperator(c.r.Context(), c.actor(), *id); err == nil {
			*id = o.ID
		}
	}
	return q, nil
}

func (c *call) getAuditEvent() error {
	seq, err := strconv.ParseInt(c.id(), 10, 64)
	if err != nil || seq < 1 {
		return desk.ErrNotFound
	}
	e, err := c.s.Services.AuditEvent(c.r.Context(), c.actor(), seq)
	if err != nil {
		return err
	}
	p := show.AuditEventPage{
		EventRow: eventRow(e), Seq: c.id(), Text: desk.EventCodes[e.Code], Device: view.Device(e.UserAgent), Browser: e.UserAgent,
		Route: e.Route, RequestID: e.RequestID, Session: e.SessionID, Reason: e.Reason,
	}
	if c.identity.Can(desk.PermissionOperatorsView) {
		p.ActorPath, p.TargetPath = c.operatorLink(e.ActorID), ""
		if e.TargetKind == "operator" {
			p.TargetPath = c.operatorLink(e.TargetID)
		}
	}
	before, after := e.Detail["before"], e.Detail["after"]
	if before != "" || after != "" {
		p.Changes = append(p.Changes, show.Change{Label: "Change", Before: before, After: after})
	}
	for _, name := range slices.Sorted(maps.Keys(e.Detail)) {
		value := e.Detail[name]
		if from, to, ok := strings.Cut(value, " → "); ok {
			p.Changes = append(p.Changes, show.Change{Label: name, Before: from, After: to})
		} else if name != "before" && name != "after" {
			p.Details = append(p.Details, show.Detail{Label: words(name), Value: value})
		}
	}
	p.Older = "/audit/" + strconv.FormatInt(seq-1, 10)
	if seq == 1 {
		p.Older = ""
	}
	if _, err := c.s.Services.AuditEvent(c.r.Context(), c.actor(), seq+1); err == nil {
		p.Newer = "/audit/" + strconv.FormatInt(seq+1, 10)
	}
	return c.show(http.StatusOK, p)
}

// operatorLink is the page of an operator who still exists.
func (c *call) operatorLink(id string) string {
	if id == "" || id == desk.ActorSystem || id == desk.ActorCommandLine {
		return ""
	}
	if _, err := c.s.Services.FindOperator(c.r.Context(), c.actor(), id); err != nil {
		return ""
	}
	return operatorPath(id)
}

func (c *call) postAuditExport() error {
	q, err := c.namedActors(auditQuery(c.form))
	if err != nil {
		return err
	}
	write, kind, ext := exportJSON, "application/x-ndjson; charset=utf-8", "jsonl"
	if c.form.Get("format") == "csv" {
		write, kind, ext = exportCSV, "text/csv; charset=utf-8", "csv"
	}
	started := false
	start := func() {
		h := c.w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", `attachment; filename="audit-`+c.s.Desk.Now().Format("2006-01-02")+"."+ext+`"`)
		c.w.WriteHeader(http.StatusOK)
		started = true
	}
	each, flush := write(c.w)
	err = c.s.Services.ExportAudit(c.r.Context(), c.actor(), c.visit, q, func(e store.Event) error {
		if !started {
			start()
		}
		return each(e)
	})
	if err != nil {
		return err
	}
	if !started {
		start()
	}
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
	header := false
	each = func(e store.Event) error {
		if !header {
			header = true
			if err := out.Write([]string{"seq", "id", "at", "event", "outcome", "actor", "actor_name", "target", "target_kind", "target_name", "address", "user_agent", "route", "request", "session", "reason", "detail"}); err != nil {
				return err
			}
		}
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return err
		}
		row := []string{strconv.FormatInt(e.Seq, 10), e.ID, e.At.Format(time.RFC3339Nano), e.Code, e.Outcome, e.ActorID, e.ActorName, e.TargetID,
			e.TargetKind, e.TargetName, e.Address, e.UserAgent, e.Route, e.RequestID, e.SessionID, e.Reason, string(detail)}
		for i := range row {
			row[i] = harmless(row[i])
		}
		return out.Write(row)
	}
	return each, func() error { out.Flush(); return out.Error() }
}

// harmless keeps a spreadsheet from taking a cell for a formula (ASVS 1.2.10).
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\x00", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func (c *call) getAuditVerify() error {
	ends, err := c.s.Services.AuditCount(c.r.Context(), c.actor())
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, show.AuditVerifyPage{Count: ends})
}

func (c *call) postAuditVerify() error {
	began := c.s.Desk.Now()
	v, err := c.s.Services.VerifyAudit(c.r.Context(), c.actor())
	if err != nil {
		return err
	}
	p := show.AuditVerifyPage{Result: show.VerifyWhole, Checked: v.Checked, Took: c.s.Desk.Now().Sub(began), From: v.FromAt, Until: v.ToAt}
	if v.Broken != 0 {
		p.Result, p.Broken = show.VerifyBroken, strconv.FormatInt(v.Broken, 10)
		if _, err := c.s.Services.AuditEvent(c.r.Context(), c.actor(), v.Broken); err == nil {
			p.BrokenPath = "/audit/" + p.Broken
		}
	}
	return c.show(http.StatusOK, p)
}

func (c *call) getAuditEvents() error {
	var p show.AuditEventsPage
	for _, code := range slices.Sorted(maps.Keys(desk.EventCodes)) {
		area := store.Event{Code: code}.Area()
		if len(p.Areas) == 0 || p.Areas[len(p.Areas)-1].ID != area {
			p.Areas = append(p.Areas, show.EventArea{ID: area, Title: words(area)})
		}
		last := &p.Areas[len(p.Areas)-1]
		last.Events = append(last.Events, show.EventName{Code: code, Text: desk.EventCodes[code]})
	}
	return c.show(http.StatusOK, p)
}
