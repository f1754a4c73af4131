package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// keyKinds are the commands about the master secret and older ones.
var keyKinds = []*kind{
	{name: "keys", anySecret: true, summary: messages.New("commands.keys.summary"), example: "keys", run: keys, flags: []option{asJSON},
		text: messages.New("commands.keys.text")},
	{name: "keys reseal", summary: messages.New("commands.keys_reseal.summary"), example: "keys reseal", run: keysReseal,
		text: messages.New("commands.keys_reseal.text")},
	{name: "keys end", anySecret: true, summary: messages.New("commands.keys_end.summary"), example: "keys end -yes", run: keysEnd, mails: true,
		text:  messages.New("commands.keys_end.text"),
		flags: []option{yes}},
}

// keyRecord is a secret in JSON.
type keyRecord struct {
	Secret         string      `json:"secret,omitempty"`
	ID             string      `json:"id,omitempty"`
	Authenticators int         `json:"authenticators"`
	Emails         int         `json:"emails"`
	SessionValues  int         `json:"session_values"`
	AuditThrough   int64       `json:"audit_through,omitempty"`
	Since          time.Time   `json:"since,omitzero"`
	Operators      []keyHolder `json:"operators"`
}

// keyHolder is an operator whose authenticator app depends on a secret.
type keyHolder struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	// secret is how a table names it.
	secret messages.Text
}

func newKeyRecord(u desk.KeyUse) keyRecord {
	return keyRecord{u.Secret, u.Key, u.Sealed.Apps, u.Sealed.Mails, u.Sealed.Values, u.Audit, u.Since, each(u.Holders, func(o store.Operator) keyHolder {
		return keyHolder{o.ID, o.Name, o.Email, secretOf(u)}
	})}
}

// secretOf is how tables name a secret.
func secretOf(u desk.KeyUse) messages.Text {
	switch {
	case u.Secret != "":
		return messages.Plain(u.Secret)
	case u.Key == "" && u.Sealed.Total() > 0:
		return messages.New("commands.keys.damaged")
	}
	return messages.New("commands.keys.missing")
}

var keyColumns = columns[desk.KeyUse]{
	[]string{"secret", "id", "authenticators", "emails", "session_values", "audit_until", "in_use_since"},
	func(_ *call, u desk.KeyUse) []any {
		return []any{secretOf(u), u.Key, u.Sealed.Apps, u.Sealed.Mails, u.Sealed.Values, ifElse(u.Audit > 0, seq(u.Audit), ""), stamp(u.Since)}
	},
}

var holderColumns = columns[keyHolder]{
	[]string{"operator", "email", "authenticator_needs"},
	func(_ *call, h keyHolder) []any { return []any{h.Name, h.Email, h.secret} },
}

func keys(ctx context.Context, c *call) error {
	r, err := c.desk.Keys(ctx, c.by)
	if err != nil {
		return err
	}
	records := each(r.Uses, newKeyRecord)
	if c.flags.on("json") {
		return printJSON(c.out, records)
	}
	if err := table(c, r.Uses, keyColumns); err != nil {
		return err
	}
	fmt.Fprintln(c.out)
	var holders []keyHolder
	for _, k := range records {
		holders = append(holders, k.Operators...)
	}
	if len(holders) > 0 {
		if err := table(c, holders, holderColumns); err != nil {
			return err
		}
		fmt.Fprintln(c.out)
	}
	c.next(r)
	return nil
}

// next prints what to do next.
func (c *call) next(r desk.KeyReport) {
	var steps []messages.Text
	var reseal []string
	if r.Stranger {
		steps = append(steps, messages.New("commands.keys.stranger"))
	}
	if missing := r.Unreadable(); len(missing) > 0 {
		steps = append(steps, messages.New("commands.keys.unreadable", "what", counted(missing), "reseal", "keys reseal", "end", "keys end"))
	}
	for _, u := range r.Uses {
		switch {
		case u.Current() || u.Secret == "":
		case u.Sealed.Total() > 0:
			reseal = append(reseal, u.Secret)
		case u.Audit > 0:
			steps = append(steps, messages.New("commands.keys.audit_only", "secret", u.Secret, "command", "audit verify", "seq", seq(u.Audit)))
		default:
			steps = append(steps, messages.New("commands.keys.unneeded", "secret", u.Secret))
		}
	}
	if len(reseal) > 0 {
		steps = append(steps, messages.New("commands.keys.reseal_first", "n", len(reseal), "secrets", reseal, "command", "keys reseal"))
	}
	if len(steps) == 0 {
		steps = append(steps, messages.New("commands.keys.nothing"))
	}
	for _, step := range steps {
		fmt.Fprintln(c.out, wrap(safe(c.words, c.words.Say(step))))
	}
}

// counted is how much depends on some secrets.
func counted(uses []desk.KeyUse) []messages.Text {
	var sum desk.SealedCount
	for _, u := range uses {
		sum = sum.Plus(u.Sealed)
	}
	return countOf(sum)
}

func countOf(n desk.SealedCount) (parts []messages.Text) {
	for _, part := range []struct {
		n   int
		key string
	}{{n.Apps, "commands.keys.authenticators"}, {n.Mails, "commands.keys.emails"}, {n.Values, "commands.keys.session_values"}} {
		if part.n > 0 {
			parts = append(parts, messages.New(part.key, "n", part.n))
		}
	}
	return parts
}

func keysReseal(ctx context.Context, c *call) error {
	done, err := c.desk.Reseal(ctx, c.by, c.visit)
	if err != nil {
		return err
	}
	if done.Total() > 0 {
		c.print("commands.keys_reseal.done", "what", countOf(done))
	}
	r, err := c.desk.Keys(ctx, c.by)
	if err == nil {
		c.next(r)
	}
	return err
}

func keysEnd(ctx context.Context, c *call) error {
	r, err := c.desk.Keys(ctx, c.by)
	if err != nil {
		return err
	}
	missing := r.Unreadable()
	if len(missing) == 0 {
		c.next(r)
		return nil
	}
	var of []string
	for _, u := range missing {
		of = append(of, each(u.Holders, func(o store.Operator) string { return o.Name })...)
	}
	slices.Sort(of)
	question := []string{c.said("commands.keys_end.question", "what", counted(missing))}
	if r.Stranger {
		// Said before something is deleted by mistake.
		question = append([]string{c.said("commands.keys.stranger")}, question...)
	}
	if len(of) > 0 {
		question = append(question, c.said("commands.keys_end.apps_of", "n", len(of), "names", slices.Compact(of)))
	}
	if err := c.confirm(strings.Join(question, " ")); err != nil {
		return err
	}
	done, err := c.desk.EndUnreadable(ctx, c.by, c.visit)
	if err != nil {
		return err
	}
	for _, o := range done.Reset {
		c.print("commands.reset_two_factor.done", "operator", named(o))
	}
	for _, o := range done.Reduced {
		c.print("commands.keys_end.reduced", "operator", named(o))
	}
	if done.Sealed.Total() > 0 {
		c.print("commands.keys_end.deleted", "what", countOf(done.Sealed))
	}
	if r, err = c.desk.Keys(ctx, c.by); err == nil {
		c.next(r)
	}
	return err
}

func named(o store.Operator) string { return o.Name + " (" + o.Email + ")" }
