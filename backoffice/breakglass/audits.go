package breakglass

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// auditKinds are the commands about the audit.
var auditKinds = []*kind{
	{
		name: "audit", summary: "list the newest events", example: "audit -event signin -since 24h", run: audit,
		text: "The newest come first. Times are UTC. With -json every detail is printed.",
		flags: func(f *flag.FlagSet, v *values) {
			limitFlag(f, v, defaultRows, maxRows)
			eventFlags(f, v)
			jsonFlag(f, v)
		},
	},
	{
		name: "audit events", summary: "print what each event means", example: "audit events", run: auditEvents, flags: jsonFlag,
		text: "These are the names that -event takes.",
	},
	{
		name: "audit verify", summary: "check that nothing in the audit was changed or removed", example: "audit verify -since 1042:9f86d081884c7d65", run: auditVerify,
		text: "Fails with the first row at which the chain does not hold. The last line is a mark: keep it where the database is not, and the next check with -since notices, too, when an older copy of the database was put back. The fields seq and mac of a log line do as well.",
		flags: func(f *flag.FlagSet, v *values) {
			f.StringVar(&v.mark, "since", "", "`SEQ:MAC` of a row that must still be there")
		},
	},
	{
		name: "audit export", summary: "write the audit to standard output", example: "audit export -format csv -since 30d > audit.csv", run: auditExport, streams: true,
		text: "The newest come first. It is audited itself. Where it fails, what was written is not whole.",
		flags: func(f *flag.FlagSet, v *values) {
			choiceFlag(f, v, &v.format, "format", "jsonl", "`format`", "csv", "jsonl")
			eventFlags(f, v)
		},
	},
}

func eventCells(events []store.Event) [][]string {
	cells := [][]string{{"TIME", "EVENT", "OUTCOME", "BY", "ON", "FROM", "REASON"}}
	for _, e := range events {
		cells = append(cells, []string{
			stamp(e.At), e.Code, e.Outcome, cmp.Or(e.ActorName, e.ActorID), cmp.Or(e.TargetName, e.TargetID), e.IP, e.Reason,
		})
	}
	return cells
}

func audit(ctx context.Context, c *call) error {
	q, err := c.values.filter.query(c.office.Now())
	if err != nil {
		return err
	}
	q.Limit = c.values.limit
	events, err := c.office.Audit(ctx, q)
	if err != nil {
		return err
	}
	if c.values.json {
		return printJSON(c.out, each(events, desk.NewAuditRecord))
	}
	if len(events) == 0 {
		fmt.Fprintln(c.out, "No event fits.")
		return nil
	}
	return table(c.out, eventCells(events))
}

func auditEvents(_ context.Context, c *call) error {
	if c.values.json {
		return printJSON(c.out, desk.Meanings())
	}
	cells := [][]string{{"EVENT", "MEANING"}}
	for _, code := range slices.Sorted(maps.Keys(desk.Events)) {
		cells = append(cells, []string{code, desk.Events[code].Meaning})
	}
	return table(c.out, cells)
}

func auditVerify(ctx context.Context, c *call) error {
	v, err := c.office.VerifyAudit(ctx, strings.TrimSpace(c.values.mark))
	if err != nil {
		return err
	}
	if v.Broken != 0 {
		return fmt.Errorf("the chain is broken at row %d: %s", v.Broken, v.Problem)
	}
	fmt.Fprintf(c.out, "The chain holds: %d rows, from %s to %s.\n", v.Checked, cmp.Or(stamp(v.FromAt), "-"), cmp.Or(stamp(v.ToAt), "-"))
	if v.SincePurged {
		fmt.Fprintln(c.out, "The row of -since has been deleted by its age, so nothing was compared with it.")
	}
	fmt.Fprintf(c.out, "For -since of the next check, kept where the database is not:\n%s\n", v.Head)
	return nil
}

func auditExport(ctx context.Context, c *call) error {
	q, err := c.values.filter.query(c.office.Now())
	if err != nil {
		return err
	}
	return c.office.ExportAudit(ctx, c.out, cmp.Or(c.values.format, "jsonl"), q)
}
