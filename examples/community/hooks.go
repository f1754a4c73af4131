package main

import (
	"context"
	"log/slog"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// decide is the community's own rule on top of the office's: where -from names a
// network, the office is open from there only, for everybody and at every click.
func (o options) decide(_ context.Context, a backoffice.Access) error {
	if o.from.IsValid() && !o.from.Contains(a.IP) {
		return backoffice.Refuse("The back office is open from the garden's own network only.")
	}
	return nil
}

// chat tells the people who run the garden, in their chat, who was let in and
// who was kept out. Here it is a line in the log.
type chat struct {
	queue chan store.Event
	log   *slog.Logger
}

func newChat(log *slog.Logger) *chat {
	return &chat{queue: make(chan store.Event, 100), log: log}
}

// told are the events that the chat hears of, in its words.
var told = map[string]string{
	"operator.invited":       "is invited to the back office",
	"operator.granted":       "has access to the back office",
	"operator.roles_changed": "has other roles in the back office",
	"operator.disabled":      "cannot sign in to the back office any more",
	"operator.enabled":       "can sign in to the back office again",
	"operator.deleted":       "is no operator of the back office any more",
}

// hear is called by the office while somebody waits for their page, so it only
// hands over. When the chat cannot keep up, it misses something, and nobody
// waits; whoever must miss nothing reads office.Events.
func (c *chat) hear(_ context.Context, e store.Event) {
	if told[e.Code] == "" {
		return
	}
	select {
	case c.queue <- e:
	default:
	}
}

// run tells what was heard, until ctx ends.
func (c *chat) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-c.queue:
			c.log.InfoContext(ctx, "chat: "+e.TargetName+" "+told[e.Code], "by", e.ActorName)
		}
	}
}
