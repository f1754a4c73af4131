// Package letters has the letters that the office sends, with their wording.
//
// Each function returns a [mail.Letter] from a [Notice] and further data. The
// Values of a letter hold that data, for templates of the host.
package letters

import (
	"cmp"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
	"two-factor-from", "two-factor-added", "two-factor-removed", "two-factor-reset", "passkey-added", "passkey-removed", "passkeys-required", "recovery-code-used", "recovery-codes-replaced",
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
	// In is the reader's language. Default: English.
	In *messages.Language
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

// letter starts a letter that says when and where something happened.
func (n Notice) letter(kind, subject string) mail.Letter {
	n.In = n.in()
	return mail.Letter{
		Kind: kind, Language: n.In.Tag, Direction: n.In.Dir(), Sender: capital(n.office()), Origin: n.Origin,
		Subject: n.T(subject), Greeting: n.greeting(),
		Details: n.details(), NotYouTitle: n.T("mail.not_you"), Values: n, Words: n.words(),
		Accent: n.accent(), Ink: brand.InkOn(n.accent()), Logo: n.Logo,
	}
}

// words are the words of the layout.
func (a About) words() mail.Words {
	return mail.Words{
		Colon: a.T("mail.colon"), CopyLink: a.T("mail.copy_link"), PasteCode: a.T("mail.paste_code"), KeepLink: a.T("mail.keep_link"),
		SentBy: a.T("mail.sent_by", "sender", a.office()), CheckOrigin: a.T("mail.check_origin", "origin", a.Origin+"/"),
	}
}

func (a About) in() *messages.Language {
	if a.In == nil {
		return messages.English()
	}
	return a.In
}

// T says a message in the language of the letter, for templates of the host:
//
//	{{.Values.T "digest.waiting" "n" 3}}
//
// Arguments are names and values in turn. The names "office" and "contact" have their
// values already.
func (a About) T(key string, args ...any) string {
	return a.in().Text(key, append(args, "office", a.office(), "contact", a.contact())...)
}

// T is [About.T] with one more argument, "by".
func (n Notice) T(key string, args ...any) string {
	return n.About.T(key, append(args, "by", operator(n.By))...)
}

func (a About) greeting() string {
	if name := mail.PlainName(a.Name); name != "" {
		return a.T("mail.greeting", "name", name)
	}
	return a.T("mail.greeting.unnamed")
}

func (a About) accent() string { return cmp.Or(a.Accent, brand.DefaultAccent) }

func (a About) office() string { return brand.OfficeIn(a.in(), a.Office) }

// contact returns the person to turn to, as the object of a sentence.
func (a About) contact() any {
	switch contact := strings.TrimSpace(a.Contact); {
	case contact == "":
		return messages.New("letters.a_super_administrator", "office", a.office())
	default:
		return contact
	}
}

// operator returns the operator of a name, as the subject of a sentence.
func operator(name string) any {
	if name = mail.PlainName(name); name != "" {
		return name
	}
	return messages.New("letters.an_operator")
}

// replaces is the sentence of a letter whose link replaces that of an earlier one.
func (n Notice) replaces() []string {
	if !n.Moved {
		return nil
	}
	return []string{n.T("letters.replaces")}
}

// details returns what is known about the occasion.
func (n Notice) details() []mail.Detail {
	var details []mail.Detail
	if !n.When.IsZero() {
		details = append(details, n.detail("letters.time", n.moment(n.When)))
	}
	if ip, err := netip.ParseAddr(n.IP); err == nil {
		details = append(details, n.detail("letters.ip", ip.WithZone("").Unmap().String()))
	}
	if n.UserAgent != "" {
		details = append(details, n.detail("letters.browser", Device(n.in(), n.UserAgent)))
	}
	return details
}

// signed returns what is known about the occasion, and the operator who acted, for
// letters that do not name them otherwise.
func (n Notice) signed() []mail.Detail {
	details := n.details()
	if n.By != "" {
		details = append(details, n.detail("letters.done_by", cmp.Or(mail.PlainName(n.By), n.T("letters.an_operator"))))
	}
	return details
}

func (a About) detail(label, value string) mail.Detail {
	return mail.Detail{Label: a.T(label), Value: value}
}

// moment formats a time for readers anywhere.
func (a About) moment(t time.Time) string { return a.in().Date(messages.At(t)) }

// once returns a sentence on how long a link works.
func (a About) once(expires time.Time) string {
	return a.T("letters.expires", "when", messages.At(expires))
}

// capital begins a text with a capital letter, where a language has them.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
