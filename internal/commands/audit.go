package commands

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// auditKinds are the commands about the audit log.
var auditKinds = []*kind{
	{name: "audit", anySecret: true, summary: messages.New("commands.audit.summary"), example: "audit -event signin -since 24h", run: audit,
		text:  messages.New("commands.audit.text"),
		flags: []option{limit(defaultRows, maxRows), eventFilter, asJSON}},
	{name: "audit events", anySecret: true, summary: messages.New("commands.audit_events.summary"), example: "audit events", run: auditEvents, flags: []option{asJSON},
		text: messages.New("commands.audit_events.text")},
	{name: "audit verify", summary: messages.New("commands.audit_verify.summary"), example: "audit verify -since 1042:9f86d081884c7d65", run: auditVerify,
		text:  messages.New("commands.audit_verify.text"),
		flags: []option{text("since", "commands.audit_verify.flag.since")}},
	{name: "audit accept", anySecret: true, summary: messages.New("commands.audit_accept.summary"), example: "audit accept -reason \"backup of 3 May restored\" -yes", run: auditAccept,
		text:  messages.New("commands.audit_accept.text"),
		flags: []option{reason, yes}},
	{name: "audit export", summary: messages.New("commands.audit_export.summary"), example: "audit export -format csv -since 30d > audit.csv", run: auditExport, streams: true,
		text:  messages.New("commands.audit_export.text"),
		flags: []option{choice("format", "jsonl", "commands.audit_export.flag.format", "csv", "jsonl"), eventFilter}},
}

var eventColumns = columns[desk.AuditRecord]{
	[]string{"time", "event", "outcome", "by", "on", "from", "reason"},
	func(_ *call, e desk.AuditRecord) []any {
		by := cmp.Or(e.ActorName, e.Actor)
		if desk.JobOf(e.Actor) != "" {
			by = e.Actor // or a job could pass for an operator
		}
		return []any{e.At, e.Event, e.Outcome, by, cmp.Or(e.TargetName, e.Target), e.IP, desk.Why(e.Reason)}
	},
}

// events is what the flags select, with operators by ID.
func (c *call) events(ctx context.Context) (store.EventQuery, error) {
	q, err := c.flags.events(c.desk.Now())
	if err == nil {
		err = c.knowsEvent(ctx, q)
	}
	if err == nil {
		q.ActorID, _, err = c.desk.AuditSubject(ctx, c.by, q.ActorID)
	}
	if err == nil {
		q.TargetID, _, err = c.desk.AuditSubject(ctx, c.by, q.TargetID)
	}
	return q, err
}

// knowsEvent checks that events can have the code or the area of a query, or had it once.
func (c *call) knowsEvent(ctx context.Context, q store.EventQuery) error {
	for _, code := range c.desk.EventCodes() {
		if q.Code == code || q.Area == (store.Event{Code: code}).Area() {
			return nil
		}
	}
	if q.Code+q.Area == "" {
		return nil
	}
	page, err := c.desk.AuditPage(ctx, c.by, store.EventQuery{Code: q.Code, Area: q.Area, Limit: 1})
	if err == nil && len(page.Rows) == 0 {
		return noEvent(q.Code + q.Area)
	}
	return err
}

func audit(ctx context.Context, c *call) error {
	q, err := c.events(ctx)
	if err != nil {
		return err
	}
	rows, err := collect(c.flags.limit(), desk.NewAuditRecord, func(limit int) ([]store.Event, bool, error) {
		q.Limit = limit
		page, err := c.desk.AuditPage(ctx, c.by, q)
		q.BeforeSeq = page.Next
		return page.Rows, page.Next != 0, err
	})
	if err != nil {
		return err
	}
	return list(c, rows, "commands.audit.none", eventColumns)
}

func auditEvents(_ context.Context, c *call) error {
	if c.flags.on("json") {
		meanings := desk.Meanings()
		for _, k := range c.desk.EventKinds() {
			meanings[k.Code] = c.desk.EventMeaning(k.Code).String()
		}
		return printJSON(c.out, meanings)
	}
	return table(c, c.desk.EventCodes(), columns[string]{
		[]string{"event", "meaning"},
		func(c *call, code string) []any { return []any{code, c.desk.EventMeaning(code)} },
	})
}

func auditVerify(ctx context.Context, c *call) error {
	v, err := c.desk.VerifyAudit(ctx, c.by, c.visit, c.flags.value("since"))
	if err != nil {
		return err
	}
	if v.Broken != 0 {
		return wrong("commands.audit_verify.broken", "seq", seq(v.Broken), "problem", v.Problem)
	}
	c.print("commands.audit_verify.intact", "n", v.Checked, "from", cmp.Or(stamp(v.FromAt), "-"), "to", cmp.Or(stamp(v.ToAt), "-"))
	if v.Accepted != 0 {
		c.print("commands.audit_verify.accepted", "seq", seq(v.Accepted))
	}
	switch {
	case v.Witness != "":
		c.print("commands.audit_verify.witness", "mark", v.Witness)
	case v.Unread != "":
		c.print("commands.audit_verify.unread", "mark", v.Unread, "flag", "-since")
	}
	if v.SincePurged {
		c.print("commands.audit_verify.purged", "flag", "-since")
	}
	c.print("commands.audit_verify.mark", "flag", "-since")
	fmt.Fprintln(c.out, v.Head)
	return nil
}

func auditAccept(ctx context.Context, c *call) error {
	because := c.flags.value("reason")
	if because == "" {
		return errNoReason
	}
	if err := c.confirm(c.said("commands.audit_accept.question")); err != nil {
		return err
	}
	if err := c.desk.AcceptAudit(ctx, c.by, c.visit, because); err != nil {
		return err
	}
	c.print("commands.audit_accept.done")
	return nil
}

func auditExport(ctx context.Context, c *call) error {
	q, err := c.events(ctx)
	if err != nil {
		return err
	}
	out, err := desk.NewAuditWriter(c.out, cmp.Or(c.flags.value("format"), "jsonl"))
	if err != nil {
		return err
	}
	if err := c.desk.ExportAudit(ctx, c.by, c.visit, q, "", out.Write); err != nil {
		return err
	}
	return out.Flush()
}

// seq is the number of an entry as it is typed.
func seq(n int64) string { return strconv.FormatInt(n, 10) }
