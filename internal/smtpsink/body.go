package smtpsink

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"strings"
)

// Body is the part of a message that a mail program shows. Logo is the picture that the
// HTML calls "logo".
type Body struct{ Subject, Text, HTML, Logo string }

// Body decodes the message.
func (r Received) Body() (Body, error) { return Decode(strings.NewReader(r.Data)) }

// Decode reads a message, such as an .eml file, using only the standard
// library, which is independent of the code that wrote it.
func Decode(r io.Reader) (Body, error) {
	message, err := netmail.ReadMessage(r)
	if err != nil {
		return Body{}, fmt.Errorf("decode mail: %w", err)
	}
	var b Body
	if b.Subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject")); err != nil {
		return Body{}, fmt.Errorf("decode mail subject: %w", err)
	}
	if err := b.add(textproto.MIMEHeader(message.Header), message.Body); err != nil {
		return Body{}, fmt.Errorf("decode mail: %w", err)
	}
	return b, nil
}

func (b *Body) add(header textproto.MIMEHeader, content io.Reader) error {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(content, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := b.add(part.Header, part); err != nil {
				return err
			}
		}
	}
	switch encoding := strings.ToLower(header.Get("Content-Transfer-Encoding")); encoding {
	case "quoted-printable":
		content = quotedprintable.NewReader(content)
	case "base64":
		content = base64.NewDecoder(base64.StdEncoding, content)
	case "", "7bit", "8bit":
	default:
		return fmt.Errorf("unknown transfer encoding %q", encoding)
	}
	decoded, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(string(decoded), "\r\n", "\n")
	switch kind {
	case "image/png", "image/jpeg":
		if id := header.Get("Content-Id"); id != "<logo>" {
			return fmt.Errorf("picture %q", id)
		}
		b.Logo += string(decoded)
	case "text/plain":
		b.Text += text
	case "text/html":
		b.HTML += text
	default:
		return fmt.Errorf("unexpected part %q", kind)
	}
	return nil
}
