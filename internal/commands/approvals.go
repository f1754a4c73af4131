package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// approvalKinds are the commands about what waits for a second operator.
var approvalKinds = []*kind{
	{name: "approvals", anySecret: true, summary: messages.New("commands.approvals.summary"), example: "approvals", run: approvals, flags: []option{asJSON},
		text: messages.New("commands.approvals.text")},
	{name: "approvals show", operands: "ID", summary: messages.New("commands.approvals_show.summary"), example: "approvals show k7w3m5xq2fhz6tnp4ydc7w3m5x", run: approvalShow, see: "approvals", flags: []option{asJSON},
		text: messages.New("commands.approvals_show.text")},
	{name: "approvals approve", operands: "ID", summary: messages.New("commands.approvals_approve.summary"), mails: true, see: "approvals show",
		example: "approvals approve k7w3m5xq2fhz6tnp4ydc7w3m5x -alone", run: approvalApprove,
		text:  messages.New("commands.approvals_approve.text"),
		flags: []option{toggle("alone", "commands.approvals_approve.flag.alone")}},
	{name: "approvals refuse", operands: "ID", summary: messages.New("commands.approvals_refuse.summary"), mails: true, see: "approvals", flags: []option{reason},
		example: "approvals refuse k7w3m5xq2fhz6tnp4ydc7w3m5x -reason \"Ada did not ask for this\"", run: approvalRefuse,
		text: messages.New("commands.approvals_refuse.text")},
	{name: "vouch", operands: "EMAIL", summary: messages.New("commands.vouch.summary"), see: "operators",
		example: "vouch ada@example.com",
		text:    messages.New("commands.vouch.text"),
		run:     act("commands.vouch.done", needsNone, plain((*desk.Desk).Vouch))},
}

// approvalRecord is a request in JSON.
type approvalRecord struct {
	ID        string        `json:"id"`
	Act       string        `json:"act"`
	What      messages.Text `json:"what"`
	AskedBy   string        `json:"asked_by"`
	AskedAt   time.Time     `json:"asked_at"`
	ExpiresAt time.Time     `json:"expires_at"`
	IP        string        `json:"ip,omitempty"`
	Reason    string        `json:"reason,omitempty"`
}

func newApprovalRecord(r desk.Approval) approvalRecord {
	return approvalRecord{r.ID, r.Act, r.Title(), r.AskedBy, r.At, r.Until, r.IP, r.Reason}
}

var approvalColumns = columns[approvalRecord]{
	[]string{"id", "what", "asked_by", "asked", "expires"},
	func(_ *call, r approvalRecord) []any { return []any{r.ID, r.What, r.AskedBy, r.AskedAt, r.ExpiresAt} },
}

func approvals(ctx context.Context, c *call) error {
	open, err := c.desk.Approvals(ctx, c.by)
	if err != nil {
		return err
	}
	return list(c, each(open, newApprovalRecord), "commands.approvals.none", approvalColumns)
}

// approvalSheet is a request with what it would change, in JSON.
type approvalSheet struct {
	approvalRecord
	Changes []approvalChange `json:"changes"`
	Void    messages.Text    `json:"void,omitzero"`
}

type approvalChange struct {
	What   messages.Text   `json:"what"`
	Before messages.Text   `json:"before,omitzero"`
	After  messages.Text   `json:"after,omitzero"`
	Values []messages.Text `json:"values,omitempty"`
}

func approvalShow(ctx context.Context, c *call) error {
	r, err := c.desk.Approval(ctx, c.by, c.arg(0))
	if err != nil {
		return c.noRequest(err)
	}
	sheet := approvalSheet{newApprovalRecord(r.Approval), each(r.Rows, func(row desk.ApprovalRow) approvalChange {
		return approvalChange{row.Label, row.Before, row.After, row.Values}
	}), r.Void}
	if err := c.show(sheet, "id", sheet.ID, "what", sheet.What, "asked_by", sheet.AskedBy, "asked", sheet.AskedAt, "ip", sheet.IP,
		"reason", sheet.Reason, "expires", sheet.ExpiresAt, "void", sheet.Void); err != nil || c.flags.on("json") {
		return err
	}
	for _, change := range sheet.Changes {
		value := c.line(change.Values)
		if len(change.Values) == 0 {
			value = c.line(change.Before) + " → " + c.line(change.After)
		}
		if _, err := fmt.Fprintf(c.out, "  %s: %s\n", c.line(change.What), value); err != nil {
			return err
		}
	}
	return nil
}

// noRequest names the request that does not exist.
func (c *call) noRequest(err error) error {
	if errors.Is(err, desk.ErrNotFound) {
		return &notFound{what: messages.New("commands.error.no_request", "id", c.arg(0))}
	}
	return err
}

// needsNone refuses to vouch for someone for whom that says nothing.
func needsNone(_ *call, o person) error {
	if o.State == store.OperatorInvited || o.CreatedByName == "" {
		return wrong("commands.vouch.not_needed", "operator", o.String())
	}
	return nil
}

// errNotAlone keeps the way round the two-person rule from being taken by habit.
var errNotAlone = wrong("commands.approvals_approve.not_alone", "flag", "-alone")

func approvalApprove(ctx context.Context, c *call) error {
	if !c.flags.on("alone") {
		return errNotAlone
	}
	r, err := c.desk.ApproveRequest(ctx, c.by, c.visit, c.arg(0), "")
	if err != nil {
		return c.noRequest(err)
	}
	c.print("commands.approvals_approve.done", "what", r.Title())
	return nil
}

func approvalRefuse(ctx context.Context, c *call) error {
	if c.flags.value("reason") == "" {
		return errNoReason
	}
	if err := c.desk.RefuseRequest(ctx, c.by, c.visit, c.arg(0), c.flags.value("reason")); err != nil {
		return c.noRequest(err)
	}
	c.print("commands.approvals_refuse.done")
	return nil
}
