package commands

import (
	"context"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

const (
	// endsFlag is the flag that gives the last day of an account.
	endsFlag = "ends"
	// noEnd is typed for an account that does not end.
	noEnd = "never"
)

var lastDay = text(endsFlag, "ends.command.flag")

// endOf is the last day of an account, as the desk has it, that is typed with a command.
func endOf(typed string) string {
	if typed == noEnd {
		return ""
	}
	return typed
}

func (c *call) passedEnd(o person) error {
	return wrong("ends.command.passed", "operator", o.String(), "day", desk.EndedOn(o.EndsAt), "flag", "-"+endsFlag, "never", "-"+endsFlag+" "+noEnd)
}

// operatorsEnd sets, moves or takes away the end of an operator's account.
func operatorsEnd(ctx context.Context, c *call) error {
	o, err := c.operator(ctx, c.arg(0))
	if err != nil {
		return err
	}
	f := desk.EndForm{Version: o.Version, Ends: endOf(c.arg(1))}
	end, err := c.desk.PreviewEnd(ctx, c.by, o.ID, f)
	if err == nil {
		err = c.desk.SetEnd(ctx, c.by, c.visit, o.ID, f)
	}
	switch {
	case err != nil:
		return err
	case end.IsZero():
		c.print("ends.command.done_never", "operator", o.String())
	default:
		c.print("ends.command.done", "operator", o.String(), "day", messages.Plain(desk.EndedOn(end)))
	}
	return nil
}
