// Package letters has the letters that the office sends, with their wording.
//
// Each function returns a [mail.Letter] from a [Notice] and further data. The
// Values of a letter hold that data, for templates of the host.
package letters

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
)

// Kinds are the kinds of all letters: the names under which hosts can bring
// templates of their own, and under which deliveries are listed.
var Kinds = []string{
	"invitation", "invitation-ends", "access-granted", "access-closed", "role-changed", "name-changed", "email-changed", "sessions-ended",
	"account-enabled", "account-disabled", "new-super-administrator",
	"password-reset", "password-elsewhere", "password-changed", "password-link-made", "password-link-ended", "made-link-ended", "temporary-password", "password-compromised",
	"two-factor-from", "two-factor-added", "two-factor-removed", "two-factor-reset", "recovery-code-used", "recovery-codes-replaced",
	"new-device", "unusual-sign-in", "many-failures",
	"office-set-up", "alias-changed", "parameters-loosened", "networks-restricted", "test-message", "host-message",
}

// Urgent reports whether someone waits for letters of this kind: those that bring a
// link, or the answer to a request for one, and test emails. They overtake all others,
// which tell of something that has happened.
func Urgent(kind string) bool {
	return HasLink(kind) || slices.Contains([]string{"access-closed", "password-elsewhere", "test-message"}, kind)
}

// HasLink reports whether letters of this kind can bring a one-time link.
func HasLink(kind string) bool {
	return slices.Contains([]string{"invitation", "access-granted", "password-reset"}, kind)
}

// About is the data that every letter needs. Values that embed it print and log
// without their content, because some of them hold a one-time link.
type About struct {
	// Office is the name of the community or company, such as "Acme"; letters
	// call its admin area "Acme back office". Required.
	Office string
	// Origin is the scheme and host of every link, such as
	// "https://community.example". Required.
	Origin string
	// Home is the URL of the office. Required.
	Home string
	// Name is the reader's name.
	Name string
	// Language is the BCP 47 tag of the reader's language.
	Language string
	// Accent is the colour of buttons, "#rrggbb". If empty, it is that of the library.
	Accent string
	// Logo shows the logo, which is added when the letter is sent.
	Logo bool
	// Contact is the person to turn to, such as "the Acme security team
	// (security@acme.example)". Default: a super-administrator.
	Contact string
}

// Occasion is when and from where something happened. Letters leave out fields
// that are empty or not understood.
type Occasion struct {
	When time.Time
	// IP is the client's IP address.
	IP string
	// UserAgent is the User-Agent header. Its sender chooses it, so letters only
	// name the browser and system found in it.
	UserAgent string
	// Moved reports that the office address has changed since an earlier email, which
	// this one replaces.
	Moved bool
}

// Notice is the data of a letter about something that happened to the reader's
// account, perhaps by someone else.
type Notice struct {
	About
	Occasion
	// By is the name of the operator who did it. It is empty if the reader did it,
	// or an operator without a name.
	By string
}

// String leaves the content out.
func (a About) String() string { return "mail values for " + a.Office + " (redacted)" }

// GoString leaves the content out, for %#v.
func (a About) GoString() string { return a.String() }

// LogValue leaves the content out, for log/slog.
func (a About) LogValue() slog.Value { return slog.StringValue(a.String()) }

const (
	// unexpected is the title of the advice in letters about acts of others.
	unexpected = "If you did not expect this"
	ifYou      = "If this was you, you do not need to do anything."
	// endOthers is an imperative, as a part of sentences.
	endOthers = "end all other sessions under Sessions in the avatar menu"
)

// letter starts a letter that says when and where something happened. subject has
// a %s for the office.
func (n Notice) letter(kind, subject string) mail.Letter {
	return mail.Letter{
		Kind: kind, Sender: n.office(), Origin: n.Origin,
		Subject: fmt.Sprintf(subject, n.office()), Greeting: mail.Greeting(n.Name),
		Details: n.Occasion.details(), Values: n,
		Accent: n.accent(), Ink: brand.InkOn(n.accent()), Logo: n.Logo,
	}
}

// replaces is the sentence of a letter whose link replaces that of an earlier one.
func (o Occasion) replaces() []string {
	if !o.Moved {
		return nil
	}
	return []string{"The office address has changed, so the link in the earlier email no longer works. This one replaces it."}
}

func (a About) accent() string { return cmp.Or(a.Accent, brand.DefaultAccent) }

func (a About) office() string { return brand.Office(a.Office) }

func (a About) contact() string {
	if contact := strings.TrimSpace(a.Contact); contact != "" {
		return contact
	}
	return "a super-administrator of the " + a.office()
}

// by returns the operator who did something, as the subject of a sentence.
func (n Notice) by() string { return operator(n.By) }

func operator(name string) string {
	if name = mail.PlainName(name); name != "" {
		return name
	}
	return "An operator"
}

// details returns what is known about the occasion.
func (o Occasion) details() []mail.Detail {
	var details []mail.Detail
	if !o.When.IsZero() {
		details = append(details, mail.Detail{Label: "Time", Value: moment(o.When)})
	}
	if ip, err := netip.ParseAddr(o.IP); err == nil {
		details = append(details, mail.Detail{Label: "IP address", Value: ip.WithZone("").Unmap().String()})
	}
	if o.UserAgent != "" {
		details = append(details, mail.Detail{Label: "Browser", Value: Device(messages.English(), o.UserAgent)})
	}
	return details
}

// signed returns what is known about the occasion, and the operator who acted, for
// letters that do not name them otherwise.
func (n Notice) signed() []mail.Detail {
	details := n.Occasion.details()
	if n.By != "" {
		details = append(details, mail.Detail{Label: "Done by", Value: n.by()})
	}
	return details
}

// moment formats a time for readers anywhere.
func moment(t time.Time) string {
	return t.UTC().Format("2 January 2006 at 15:04 UTC")
}

// once returns a sentence on how long a link works.
func once(expires time.Time) string {
	return "The link works once and expires on " + moment(expires) + "."
}

// list joins the names of roles for a sentence.
func list(names []string) string {
	switch len(names) {
	case 0:
		return "none"
	case 1:
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
