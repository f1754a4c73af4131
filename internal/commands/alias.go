package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// aliasKinds are the commands about the office's URL.
var aliasKinds = []*kind{
	{name: "setup", summary: messages.New("commands.setup.summary"), example: "setup", run: setup,
		text: messages.New("commands.setup.text")},
	{name: "alias", anySecret: true, summary: messages.New("commands.alias.summary"), example: "alias", run: moved(nil),
		text: messages.New("commands.alias.text")},
	{name: "alias show", anySecret: true, summary: messages.New("commands.alias_show.summary"), example: "alias show -json", run: aliasShow, flags: []option{asJSON},
		text: messages.New("commands.alias_show.text")},
	{name: "alias rotate", summary: messages.New("commands.alias_rotate.summary"), example: "alias rotate", mails: true,
		text: messages.New("commands.alias_rotate.text"),
		run: moved(replacing(func(ctx context.Context, c *call) error {
			_, err := c.desk.RotateAlias(ctx, c.by, c.visit)
			return err
		}))},
	{name: "alias set", operands: "ALIAS", summary: messages.New("commands.alias_set.summary"), example: "alias set quiet-side-door", mails: true,
		text: messages.New("commands.alias_set.text"),
		run: moved(replacing(func(ctx context.Context, c *call) error {
			return c.desk.ChangeAlias(ctx, c.by, c.visit, c.arg(0))
		}))},
	{name: "alias confirm", summary: messages.New("commands.alias_confirm.summary"), example: "alias confirm", mails: true,
		run:  moved(replacing(pending((*desk.Desk).ConfirmAlias))),
		text: messages.New("commands.alias_confirm.text")},
	{name: "alias revert", summary: messages.New("commands.alias_revert.summary"), example: "alias revert",
		run:  moved(pending((*desk.Desk).RevertAlias)),
		text: messages.New("commands.alias_revert.text")},
}

// setup prints the link with which the first super-administrator sets the office up, or
// that there is one.
func setup(ctx context.Context, c *call) error {
	token, err := c.desk.SetupToken(ctx)
	if errors.Is(err, desk.ErrSetUp) {
		c.print("commands.setup.done")
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.desk.Home()+"setup#"+token)
	return nil
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
			c.warn("commands.alias_rotate.links")
			c.links("commands.alias_rotate.invitations", links.Invitations)
			c.links("commands.alias_rotate.asked", links.Asked)
			c.links("commands.alias_rotate.made", links.Made)
		}
		if links.Setup.Count > 0 {
			c.warn("commands.alias_rotate.setup", "url", c.desk.Home()+"setup")
		}
		return nil
	}
}

// links says whose links of a kind there were.
func (c *call) links(key string, l desk.LinkList) {
	if l.Count == 0 {
		return
	}
	names := make([]messages.Text, len(l.First), len(l.First)+1)
	for i, one := range l.First {
		names[i] = messages.Plain(one.Name)
		if one.By != "" {
			names[i] = messages.New("commands.alias_rotate.by", "name", one.Name, "by", one.By)
		}
	}
	if l.More() > 0 {
		names = append(names, messages.New("commands.alias_rotate.and_more", "n", l.More()))
	}
	fmt.Fprintln(c.stderr, " ", c.said(key, "n", l.Count, "count", l.Number(), "names", names))
}

var errNonePending = wrong("commands.error.none_pending")

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
	Guessable messages.Text `json:"guessable,omitzero"`
}

func aliasShow(ctx context.Context, c *call) error {
	s, err := c.desk.Fresh(ctx)
	if err != nil {
		return err
	}
	record, waits := aliasRecord{URL: c.desk.Home()}, messages.Text{}
	if c.desk.Now().Before(s.Stored.ConfirmBy) {
		record.Old, record.ConfirmBy = c.desk.HomeAt(s.Stored.PreviousAlias), s.Stored.ConfirmBy
		waits = messages.New("commands.alias_show.goes_back", "at", stamp(record.ConfirmBy), "url", record.Old)
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
		record.Guessable = textOf(err)
	}
	return c.show(record, "url", record.URL, "changed", record.ChangedAt, "by", record.ChangedBy, "not_confirmed", waits, "open_links", record.OpenLinks, "guessable", record.Guessable)
}
