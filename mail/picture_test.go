package mail_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
)

// parsed has Python's parser read a message; it reports what is not well
// formed: each part with its type, and its content's length.
const parsed = `
import email, email.policy, json, sys
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = []
for p in m.walk():
    content = p.get_content() if not p.is_multipart() else ""
    parts.append({"type": p.get_content_type(), "id": p["Content-ID"] or "", "how": p.get_content_disposition() or "", "length": len(content), "defects": [repr(d) for d in p.defects]})
print(json.dumps({"parts": parts, "text": m.get_body(("plain",)).get_content(), "html": m.get_body(("html",)).get_content()}))
`

func TestALogoTravelsInTheMessage(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	var logo bytes.Buffer
	require.NoError(t, png.Encode(&logo, image.NewGray(image.Rect(0, 0, 80, 80))))
	letter := mail.Letter{
		Kind: "test", Sender: "Acme back office", Origin: "https://community.example", Subject: "Hello", Greeting: "Hello,",
		Paragraphs: []string{"Open the link."}, Button: &mail.Button{Label: "Open", URL: link}, Accent: "#ffd400", Ink: "#000000", Logo: true,
	}
	m, err := letter.Message("ada@example.com")
	require.NoError(t, err)
	m.Pictures = []mail.Picture{{ContentID: mail.LogoID, ContentType: "image/png", Body: logo.Bytes()}}
	require.NoError(t, newSMTP(t, sink.Addr, plain).Send(t.Context(), m))
	received := sink.Await(1)[0]

	python := exec.Command("python3", "-c", parsed)
	python.Stdin = strings.NewReader(received.Data)
	out, err := python.Output()
	require.NoError(t, err)
	var seen struct {
		Parts []struct {
			Type, ID, How string
			Length        int
			Defects       []string
		}
		Text, HTML string
	}
	require.NoError(t, json.Unmarshal(out, &seen))
	var types []string
	for _, p := range seen.Parts {
		require.Empty(t, p.Defects, p.Type)
		types = append(types, p.Type)
		if p.Type == "image/png" {
			require.Equal(t, "<logo>", p.ID)
			require.Equal(t, "inline", p.How)
			require.Equal(t, logo.Len(), p.Length)
		}
	}
	require.Equal(t, []string{"multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png"}, types)
	require.Contains(t, seen.HTML, `src="cid:logo"`)
	require.Contains(t, seen.HTML, "background-color:#ffd400;color:#000000")
	require.NotContains(t, seen.HTML, "src=\"http", "nothing is loaded from elsewhere")
	require.Contains(t, seen.Text, link)

	body, err := received.Body()
	require.NoError(t, err)
	require.Equal(t, logo.String(), body.Logo)
}

func TestColoursOfALetterCannotBecomeStyles(t *testing.T) {
	letter := mail.Letter{
		Kind: "test", Sender: "Acme", Origin: "https://community.example", Subject: "Hello", Greeting: "Hello,", Paragraphs: []string{"Words."},
		Button: &mail.Button{Label: "Open", URL: link},
	}
	for _, accent := range []string{"", "red", "#fff", "#000000;background:url(https://evil.example)"} {
		letter.Accent, letter.Ink = accent, "#000000"
		m, err := letter.Message("ada@example.com")
		require.NoError(t, err)
		require.Contains(t, m.HTML, "background-color:#0f5f66;color:#ffffff", accent)
		require.NotContains(t, m.HTML, "cid:")
	}
}

func TestPicturesAreRefused(t *testing.T) {
	outbox := &mail.Outbox{Dir: t.TempDir(), Sender: "Acme <no-reply@acme.example>"}
	good := mail.Picture{ContentID: "logo", ContentType: "image/png", Body: []byte("...")}
	for name, test := range map[string]struct {
		change func(*mail.Picture)
		want   string
	}{
		"without a name":                  {func(p *mail.Picture) { p.ContentID = "" }, "content id"},
		"with a name that ends the field": {func(p *mail.Picture) { p.ContentID = "x>\r\nBcc: eve@example.com" }, "content id"},
		"that mail programs do not show":  {func(p *mail.Picture) { p.ContentType = "image/svg+xml" }, "content type"},
		"that is empty":                   {func(p *mail.Picture) { p.Body = nil }, "body"},
		"that is too large":               {func(p *mail.Picture) { p.Body = make([]byte, mail.MaxPicture+1) }, "body"},
	} {
		t.Run(name, func(t *testing.T) {
			m, p := message(), good
			m.HTML = "<p>Hello</p>"
			test.change(&p)
			m.Pictures = []mail.Picture{p}
			require.ErrorContains(t, outbox.Send(t.Context(), m), "picture: "+test.want)
		})
	}
}
