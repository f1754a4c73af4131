package commands

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// auditKinds are the commands about the audit log.
var auditKinds = []*kind{
	{name: "audit", anySecret: true, summary: "list the newest events", example: "audit -event signin -since 24h", run: audit,
		text:  "The newest come first. Times are UTC. With -json every detail is printed.",
		flags: []option{limit(defaultRows, maxRows), eventFilter, asJSON}},
	{name: "audit events", anySecret: true, summary: "print what each event means", example: "audit events", run: auditEvents, flags: []option{asJSON},
		text: "These are the names that -event takes."},
	{name: "audit verify", summary: "check that nothing in the audit log was changed or removed", example: "audit verify -since 1042:9f86d081884c7d65", run: auditVerify,
		text:  "Fails with the first entry at which the chain is broken. The last line is a mark: keep it away from the database, and the next check with -since also detects that an older copy of the database was restored. The fields seq and mac of a log line work as well.",
		flags: []option{text("since", "`SEQ:MAC` of an entry that must still exist")}},
	{name: "audit accept", anySecret: true, summary: "accept the audit log as it is, after an incident", example: "audit accept -reason \"backup of 3 May restored\" -yes", run: auditAccept,
		text:  "For after an older copy of the database was restored, a master secret was lost, or a broken chain was investigated. Verification then begins with the entry that records this, and the witness gets its mark. Older entries stay until that one is old enough to be deleted, and are no longer verified: export them first. Asks first; without a terminal to ask on, it needs -yes.",
		flags: []option{reason, toggle("yes", "do not ask")}},
	{name: "audit export", summary: "write the audit log to standard output", example: "audit export -format csv -since 30d > audit.csv", run: auditExport, streams: true,
		text:  "The newest come first. The export itself is audited. If it fails, the output is incomplete.",
		flags: []option{choice("format", "jsonl", "`format`", "csv", "jsonl"), eventFilter}},
}

var eventColumns = columns[desk.AuditRecord]{
	[]string{"TIME", "EVENT", "OUTCOME", "BY", "ON", "FROM", "REASON"},
	func(e desk.AuditRecord) []any {
		return []any{e.At, e.Event, e.Outcome, cmp.Or(e.ActorName, e.Actor), cmp.Or(e.TargetName, e.Target), e.IP, e.Reason}
	},
}

// events is what the flags select, with operators by ID.
func (c *call) events(ctx context.Context) (store.EventQuery, error) {
	q, err := c.flags.events(c.desk.Now())
	if err == nil {
		q.ActorID, _, err = c.desk.AuditSubject(ctx, c.by, q.ActorID)
	}
	if err == nil {
		q.TargetID, _, err = c.desk.AuditSubject(ctx, c.by, q.TargetID)
	}
	return q, err
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
	return list(c, rows, "No matching events.", eventColumns)
}

func auditEvents(_ context.Context, c *call) error {
	if c.flags.on("json") {
		return printJSON(c.out, desk.Meanings())
	}
	return table(c.out, slices.Sorted(maps.Keys(desk.Events)), columns[string]{
		[]string{"EVENT", "MEANING"},
		func(code string) []any { return []any{code, desk.EventMeaning(code).String()} },
	})
}

func auditVerify(ctx context.Context, c *call) error {
	v, err := c.desk.VerifyAudit(ctx, c.by, c.visit, c.flags.value("since"))
	if err != nil {
		return err
	}
	if v.Broken != 0 {
		return fmt.Errorf("the chain is broken at entry %d: %s", v.Broken, v.Problem)
	}
	fmt.Fprintf(c.out, "The chain is intact: %d entries, from %s to %s.\n", v.Checked, cmp.Or(stamp(v.FromAt), "-"), cmp.Or(stamp(v.ToAt), "-"))
	if v.Accepted != 0 {
		fmt.Fprintf(c.out, "The entries before %d were accepted by the server administrator as they were, so they were not verified.\n", v.Accepted)
	}
	switch {
	case v.Witness != "":
		fmt.Fprintf(c.out, "The witness has %s, and nothing up to there is missing.\n", v.Witness)
	case v.Unread != "":
		fmt.Fprintf(c.out, "A witness was given %s, and cannot be read here: compare its last mark with -since.\n", v.Unread)
	}
	if v.SincePurged {
		fmt.Fprintln(c.out, "The entry of -since was deleted because of its age, so nothing was compared with it.")
	}
	fmt.Fprintf(c.out, "For -since of the next check; keep it away from the database:\n%s\n", v.Head)
	return nil
}

func auditAccept(ctx context.Context, c *call) error {
	because := c.flags.value("reason")
	if because == "" {
		return errNoReason
	}
	if err := c.confirm("Stop verifying every entry that the audit log has now?"); err != nil {
		return err
	}
	if err := c.desk.AcceptAudit(ctx, c.by, c.visit, because); err != nil {
		return err
	}
	fmt.Fprintln(c.out, "Accepted. Verification begins with the entry that records this.")
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
