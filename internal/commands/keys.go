package commands

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// keyKinds are the commands about the master secret and older ones.
var keyKinds = []*kind{
	{name: "keys", anySecret: true, summary: "list what depends on which master secret", example: "keys", run: keys, flags: []option{asJSON},
		text: "Counts the authenticator apps, emails and session values that each secret encrypted, names the operators who depend on another one than the current, and says what to do next. The ID identifies a secret and reveals nothing of it."},
	{name: "keys reseal", summary: "encrypt with the current master secret what older ones encrypted", example: "keys reseal", run: keysReseal,
		text: "Operators notice nothing, and the office may be running. Can be repeated. Afterwards the older secrets are needed for the audit log alone; see: keys."},
	{name: "keys end", anySecret: true, summary: "delete what none of the master secrets decrypts", example: "keys end -yes", run: keysEnd, mails: true,
		text:  "For after a secret was lost, or removed too early. Two-factor authentication of the operators concerned is reset, as by \"reset-two-factor\", unless they have another authenticator app; they are told by email. The emails concerned fail, and the session values are deleted. Asks first; without a terminal to ask on, it needs -yes.",
		flags: []option{toggle("yes", "do not ask")}},
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
	secret string
}

func newKeyRecord(u desk.KeyUse) keyRecord {
	return keyRecord{u.Secret, u.Key, u.Sealed.Apps, u.Sealed.Mails, u.Sealed.Values, u.Audit, u.Since, each(u.Holders, func(o store.Operator) keyHolder {
		return keyHolder{o.ID, o.Name, o.Email, secretOf(u)}
	})}
}

// secretOf is how tables name a secret.
func secretOf(u desk.KeyUse) string {
	return cmp.Or(u.Secret, ifElse(u.Key == "" && u.Sealed.Total() > 0, "(damaged)", "(missing)"))
}

var keyColumns = columns[desk.KeyUse]{
	[]string{"SECRET", "ID", "AUTHENTICATOR APPS", "EMAILS", "SESSION VALUES", "AUDIT LOG UNTIL ENTRY", "IN USE SINCE"},
	func(u desk.KeyUse) []any {
		return []any{secretOf(u), u.Key, u.Sealed.Apps, u.Sealed.Mails, u.Sealed.Values, ifElse(u.Audit > 0, fmt.Sprint(u.Audit), ""), stamp(u.Since)}
	},
}

var holderColumns = columns[keyHolder]{
	[]string{"OPERATOR", "EMAIL", "AUTHENTICATOR APP NEEDS"},
	func(h keyHolder) []any { return []any{h.Name, h.Email, h.secret} },
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
	if err := table(c.out, r.Uses, keyColumns); err != nil {
		return err
	}
	fmt.Fprintln(c.out)
	var holders []keyHolder
	for _, k := range records {
		holders = append(holders, k.Operators...)
	}
	if len(holders) > 0 {
		if err := table(c.out, holders, holderColumns); err != nil {
			return err
		}
		fmt.Fprintln(c.out)
	}
	c.next(r)
	return nil
}

// next prints what to do next.
func (c *call) next(r desk.KeyReport) {
	var steps, reseal []string
	if r.Stranger {
		steps = append(steps, newestUnknown)
	}
	if missing := r.Unreadable(); len(missing) > 0 {
		steps = append(steps, fmt.Sprintf(`None of these secrets decrypts %s. If the missing one still exists, add it to OldSecrets and run "keys reseal"; otherwise run "keys end".`, counted(missing)))
	}
	for _, u := range r.Uses {
		switch {
		case u.Current() || u.Secret == "":
		case u.Sealed.Total() > 0:
			reseal = append(reseal, u.Secret)
		case u.Audit > 0:
			steps = append(steps, fmt.Sprintf(`Nothing is encrypted with %s. Only "audit verify" needs it, up to entry %d: remove it once those entries are deleted, or now, and keep it in a safe.`, u.Secret, u.Audit))
		default:
			steps = append(steps, fmt.Sprintf("%s is not needed. Remove it, unless it is about to become Secret.", u.Secret))
		}
	}
	if len(reseal) > 0 {
		steps = append(steps, fmt.Sprintf(`%s cannot be removed yet. Once every replica encrypts with Secret, run "keys reseal".`, strings.Join(reseal, " and ")))
	}
	if len(steps) == 0 {
		steps = []string{"Nothing depends on any secret but the current one."}
	}
	for _, step := range steps {
		fmt.Fprintln(c.out, wrap(step))
	}
}

// newestUnknown is said before something is deleted by mistake.
const newestUnknown = "The newest entry of the audit log was made with none of these secrets. Unless that secret is lost, this command lacks one that the running office has."

// counted says how much depends on some secrets.
func counted(uses []desk.KeyUse) string {
	var sum desk.SealedCount
	for _, u := range uses {
		sum = sum.Plus(u.Sealed)
	}
	return countOf(sum)
}

func countOf(n desk.SealedCount) string {
	var parts []string
	for _, p := range []struct {
		n         int
		one, many string
	}{{n.Apps, "authenticator app", "authenticator apps"}, {n.Mails, "email", "emails"}, {n.Values, "session value", "session values"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, ifElse(p.n == 1, p.one, p.many)))
		}
	}
	return strings.Join(parts, ", ")
}

func keysReseal(ctx context.Context, c *call) error {
	done, err := c.desk.Reseal(ctx, c.by, c.visit)
	if err != nil {
		return err
	}
	if done.Total() > 0 {
		fmt.Fprintf(c.out, "Encrypted with the current secret: %s.\n", countOf(done))
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
	question := fmt.Sprintf("Delete for good what none of the secrets decrypts: %s?", counted(missing))
	if len(of) > 0 {
		question += " Authenticator apps of: " + strings.Join(slices.Compact(of), ", ") + "."
	}
	if err := c.confirm(ifElse(r.Stranger, newestUnknown+" ", "") + question); err != nil {
		return err
	}
	done, err := c.desk.EndUnreadable(ctx, c.by, c.visit)
	if err != nil {
		return err
	}
	for _, o := range done.Reset {
		fmt.Fprintf(c.out, "Reset two-factor authentication of %s (%s). The next sign-in shows a new QR code.\n", line(o.Name), line(o.Email))
	}
	for _, o := range done.Reduced {
		fmt.Fprintf(c.out, "Removed an authenticator app of %s (%s), who has another one.\n", line(o.Name), line(o.Email))
	}
	if done.Sealed.Total() > 0 {
		fmt.Fprintf(c.out, "Deleted: %s.\n", countOf(done.Sealed))
	}
	if r, err = c.desk.Keys(ctx, c.by); err == nil {
		c.next(r)
	}
	return err
}
