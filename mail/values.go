package mail

import (
	"log/slog"
	"net/netip"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// About is what every letter needs to know. Values that embed it print and log
// without their content, because some of them hold a one-time link.
type About struct {
	// Office is the name of the community or company, such as "Acme"; letters
	// call its admin area "Acme back office". Required.
	Office string
	// Origin is the scheme and host of every link, such as
	// "https://community.example". Required.
	Origin string
	// Name is the reader's. Empty, or with a link in it: just "Hello,".
	Name string
	// Contact is whom to turn to, such as "the Acme security team
	// (security@acme.example)". Default: a super-administrator.
	Contact string
}

// Occasion is when and from where something happened. What is empty or not
// understood is left out of the letter.
type Occasion struct {
	When time.Time
	// Address is the client's IP address.
	Address string
	// UserAgent is the header of that name. Anybody can write anything into it,
	// so letters only tell the browser and system found in it.
	UserAgent string
}

// Notice is what most letters are made from: something happened to the reader's
// account, somewhere, perhaps by somebody else.
type Notice struct {
	About
	Occasion
	// By is the name of the operator who did it. Empty: the reader, or whoever
	// acts as the reader.
	By string
}

// String leaves the content out.
func (a About) String() string { return "mail values for " + a.Office + " (redacted)" }

// GoString leaves the content out, for %#v.
func (a About) GoString() string { return a.String() }

// LogValue leaves the content out, for log/slog.
func (a About) LogValue() slog.Value { return slog.StringValue(a.String()) }

// unexpected is the title of the advice where it is never the reader who acts.
const unexpected = "If you did not expect this"

// letter starts a letter about the office.
func (a About) letter(kind, subject string) Letter {
	return Letter{
		Kind: kind, Office: a.office(), Origin: a.Origin,
		Subject: subject, Greeting: a.greeting(),
	}
}

// office names the back office, once.
func (a About) office() string {
	name := oneLine(a.Office)
	if name == "" || strings.HasSuffix(strings.ToLower(name), "back office") {
		return name
	}
	return name + " back office"
}

func (a About) contact() string {
	if contact := oneLine(a.Contact); contact != "" {
		return contact
	}
	return "a super-administrator of the " + a.office()
}

func (a About) greeting() string {
	if name := plainName(a.Name); name != "" {
		return "Hello " + name + ","
	}
	return "Hello,"
}

// linkLike finds what mail programs would turn into a link.
var linkLike = regexp.MustCompile(`(?i)[/@:<>]|\pL\.\pL{2,}`)

const maxName = 80

// plainName returns a person's name, or nothing when it could pass for a link:
// people choose their names, and mails of ours must not advertise theirs.
func plainName(name string) string {
	name = oneLine(name)
	if linkLike.MatchString(name) {
		return ""
	}
	if utf8.RuneCountInString(name) > maxName {
		name = string([]rune(name)[:maxName-1]) + "…"
	}
	return name
}

// by names who did something, as the subject of a sentence.
func by(name string) string {
	if name = plainName(name); name != "" {
		return name
	}
	return "An operator"
}

// details lists what is known about the occasion.
func (o Occasion) details() []Detail {
	var details []Detail
	if !o.When.IsZero() {
		details = append(details, Detail{"Time", moment(o.When)})
	}
	if ip, err := netip.ParseAddr(o.Address); err == nil {
		details = append(details, Detail{"IP address", ip.WithZone("").Unmap().String()})
	}
	if o.UserAgent != "" {
		details = append(details, Detail{"Browser", device(o.UserAgent)})
	}
	return details
}

// details lists what is known, and who did it.
func (n Notice) details() []Detail {
	details := n.Occasion.details()
	if n.By != "" {
		details = append(details, Detail{"Done by", by(n.By)})
	}
	return details
}

// moment writes a time for readers anywhere.
func moment(t time.Time) string {
	return t.UTC().Format("2 January 2006 at 15:04 UTC")
}

// once says how long a link works.
func once(expires time.Time) string {
	if expires.IsZero() {
		return "The link works once."
	}
	return "The link works once, until " + moment(expires) + "."
}

// roles writes the names of roles into a sentence.
func roles(names []string) string {
	switch len(names) {
	case 0:
		return "none"
	case 1:
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
