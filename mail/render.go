package mail

import (
	"bytes"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/line"
	gomail "github.com/wneessen/go-mail"
)

// render writes a checked message as RFC 5322 text with CRLF line ends.
func render(m Message, from netmail.Address, encoding gomail.Encoding) ([]byte, error) {
	_, domain, _ := strings.Cut(from.Address, "@")

	// go-mail names itself and its version in two headers unless told not to
	// (ASVS 13.4.6).
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(encoding))
	msg.FromMailAddress(&from)
	msg.ToMailAddress(&netmail.Address{Address: m.To})
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetDateWithValue(m.Date.UTC())
	msg.Subject(m.Subject)
	// No holiday notices in reply: RFC 3834 section 5, and the same for Exchange.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")

	msg.SetBodyString(gomail.TypeTextPlain, crlf(m.Text))
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, crlf(m.HTML))
		for _, p := range m.Pictures {
			if err := p.embed(msg); err != nil {
				return nil, fmt.Errorf("write message: %w", err)
			}
		}
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write message: %w", err)
	}
	return b.Bytes(), nil
}

// maxSenderName is in bytes.
const maxSenderName = 200

// parseSender reads a From address, with or without a name.
func parseSender(s string) (netmail.Address, error) {
	if err := oneLineOnly(s); err != nil {
		return netmail.Address{}, err
	}
	parsed, err := netmail.ParseAddress(s)
	if err != nil {
		return netmail.Address{}, fmt.Errorf("%q is not an address such as \"Acme <no-reply@example.com>\"", s)
	}
	// Checked again: an encoded word hides what the first check looks for.
	name, err := headerText(parsed.Name)
	if err == nil && name != "" {
		err = line.Check(name, maxSenderName)
	}
	if err != nil {
		return netmail.Address{}, fmt.Errorf("the name %w", err)
	}
	address, err := ParseEmailAddress(parsed.Address)
	if err != nil {
		return netmail.Address{}, err
	}
	return netmail.Address{Name: name, Address: address}, nil
}

// headerText returns s with single spaces, or an error if it could end its header
// field or pass for something already encoded (ASVS 1.3.11). go-mail folds lines at
// spaces, and several in a row can leave a line of white space only, which some
// programs mistake for the end of the header.
func headerText(s string) (string, error) {
	if err := oneLineOnly(s); err != nil {
		return "", err
	}
	if strings.Contains(s, "=?") {
		return "", errors.New(`has "=?", which mail programs would decode`)
	}
	return strings.Join(strings.Fields(s), " "), nil
}

func oneLineOnly(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("is not valid UTF-8")
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || isBidiControl(r) {
			return errors.New("has a line break or control character")
		}
	}
	return nil
}

// bodyText returns s with \n as the only line ending.
func bodyText(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", errors.New("is not valid UTF-8")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return "", errors.New("has a control character")
		}
	}
	return s, nil
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
