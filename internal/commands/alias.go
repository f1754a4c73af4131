package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// aliasKinds are the commands about the office's URL.
var aliasKinds = []*kind{
	{name: "alias", anySecret: true, summary: "print the office's URL", example: "alias", run: moved(nil),
		text: "The alias in it is a secret: anyone who knows it can try to sign in."},
	{name: "alias show", anySecret: true, summary: "print the URL and any pending change", example: "alias show -json", run: aliasShow, flags: []option{asJSON},
		text: "Says when the alias was changed and by whom, whether a new one is waiting to be confirmed, with the old one that is restored otherwise, and how many unused links a change would break."},
	{name: "alias rotate", summary: "give the office a new random alias", example: "alias rotate", mails: true,
		text: "The old alias stops working immediately, bookmarks included, and the new one needs no confirmation. Signed-in operators stay signed in, and continue at the new URL. Every operator is told by email. Unused links with the old alias are listed; the server that calls Office.Run replaces them by email.",
		run: moved(replacing(func(ctx context.Context, c *call) error {
			_, err := c.desk.RotateAlias(ctx, c.by, c.visit)
			return err
		}))},
	{name: "alias set", operands: "ALIAS", summary: "give the office an alias of your choice", example: "alias set quiet-side-door", mails: true,
		text: "Like \"alias rotate\", with an alias of your own: 12 to 64 lower-case letters, digits and hyphens, with no hyphen at either end, and hard to guess. A random one is safer. Unlike the Parameters page, the command cannot ask the community whether it has a page at that path; the server that calls Office.Run can, and logs a warning.",
		run: moved(replacing(func(ctx context.Context, c *call) error {
			return c.desk.ChangeAlias(ctx, c.by, c.visit, c.arg(0))
		}))},
	{name: "alias confirm", summary: "keep a new alias that is waiting to be confirmed", example: "alias confirm", mails: true,
		run:  moved(replacing(pending((*desk.Desk).ConfirmAlias))),
		text: "Someone chose it on the Parameters page, and has not confirmed it at the new URL. Every operator is told by email."},
	{name: "alias revert", summary: "restore the old alias instead", example: "alias revert",
		run:  moved(pending((*desk.Desk).RevertAlias)),
		text: "It is restored automatically 15 minutes after the new one was chosen."},
}

// moved prints the URL, after a change to it.
func moved(change run) run {
	return func(ctx context.Context, c *call) error {
		if change != nil {
			if err := change(ctx, c); err != nil {
				return err
			}
		}
		fmt.Fprintln(c.out, c.desk.Home())
		return nil
	}
}

// replacing is a change that breaks links, and says which.
func replacing(change run) run {
	return func(ctx context.Context, c *call) error {
		links, err := c.desk.OpenLinks(ctx, c.by, true)
		if err != nil {
			return err
		}
		if err := change(ctx, c); err != nil {
			return err
		}
		if links.Count() > links.Setup.Count {
			fmt.Fprintln(c.stderr, "Unused links with the old address no longer work. The server that calls Office.Run replaces them by email:")
			c.links("invitations, renewed", links.Invitations)
			c.links("reset links that operators asked for, ended", links.Asked)
			c.links("reset links made for operators, ended", links.Made)
		}
		if links.Setup.Count > 0 {
			fmt.Fprintln(c.stderr, "Setup links have the old address. Their token still works at "+c.desk.Home()+"setup")
		}
		return nil
	}
}

// links says whose links of a kind there were.
func (c *call) links(kind string, l desk.LinkList) {
	if l.Count == 0 {
		return
	}
	names := make([]string, len(l.First))
	for i, one := range l.First {
		names[i] = one.Name
		if one.By != "" {
			names[i] += " (by " + one.By + ")"
		}
	}
	more := ""
	if l.More() > 0 {
		more = fmt.Sprintf(" and %d more", l.More())
	}
	fmt.Fprintf(c.stderr, "  %s %s: %s%s\n", l.Number(), kind, oneLine(strings.Join(names, ", ")), more)
}

var errNonePending = errors.New("no new alias is waiting to be confirmed")

// pending is a change that is possible only while a new alias waits.
func pending(change func(*desk.Desk, context.Context, desk.Actor, desk.Visit) error) run {
	return func(ctx context.Context, c *call) error {
		err := change(c.desk, ctx, c.by, c.visit)
		if errors.Is(err, desk.ErrChanged) {
			return errNonePending
		}
		return err
	}
}

// aliasRecord is the office's URL in JSON.
type aliasRecord struct {
	URL       string    `json:"address"`
	ChangedAt time.Time `json:"changed_at,omitzero"`
	ChangedBy string    `json:"changed_by,omitempty"`
	Old       string    `json:"old_address,omitempty"`
	ConfirmBy time.Time `json:"confirm_by,omitzero"`
	OpenLinks int       `json:"open_links"`
	// Guessable says why a new alias like this one would be refused.
	Guessable string `json:"guessable,omitempty"`
}

func aliasShow(ctx context.Context, c *call) error {
	s, err := c.desk.Fresh(ctx)
	if err != nil {
		return err
	}
	record, waits := aliasRecord{URL: c.desk.Home()}, ""
	if c.desk.Now().Before(s.Stored.ConfirmBy) {
		record.Old, record.ConfirmBy = c.desk.HomeAt(s.Stored.PreviousAlias), s.Stored.ConfirmBy
		waits = "goes back at " + stamp(record.ConfirmBy) + " to " + record.Old
	}
	events, err := c.desk.AuditPage(ctx, c.by, store.EventQuery{Area: "alias", Limit: 1})
	if err != nil {
		return err
	}
	if len(events.Rows) > 0 {
		newest := events.Rows[0]
		record.ChangedAt, record.ChangedBy = newest.At, cmp.Or(newest.ActorName, newest.ActorID)
	}
	links, err := c.desk.OpenLinks(ctx, c.by, false)
	if err != nil {
		return err
	}
	record.OpenLinks = links.Count()
	if err := c.desk.GuessableAlias(c.desk.Alias()); err != nil {
		record.Guessable = err.Error()
	}
	return c.show(record, "URL", record.URL, "Changed", record.ChangedAt, "By", record.ChangedBy, "Not confirmed", waits, "Open links", record.OpenLinks, "Guessable", record.Guessable)
}
