package browse

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice/markup"
	"github.com/postern-go/postern/totp"
)

// Page is an answer. Paths in it are without the alias.
type Page struct {
	T        testing.TB
	Base     string
	Status   int
	Header   http.Header
	Body     string
	Path     string
	Location string
}

// forms are the forms of a page that post to a path.
func (p Page) forms(path string) []markup.Form {
	return slices.DeleteFunc(markup.Forms(p.Body), func(f markup.Form) bool { return f.Method != http.MethodPost || f.Action != p.Base+path })
}

// Form is the form of a page that posts to a path: its hidden fields, and the confirmation
// that the first button of a preview sends.
func (p Page) Form(path string) url.Values {
	p.T.Helper()
	forms := p.forms(path)
	require.NotEmpty(p.T, forms, "no form that posts to %s: status %d at %s\n%s", path, p.Status, p.Path, p.Text())
	fields, first := url.Values{}, true
	for _, c := range forms[0].Controls {
		switch {
		case c.Kind == "hidden":
			fields.Set(c.Name, c.Value)
		case c.Button():
			if first && c.Name == "confirm" {
				fields.Set(c.Name, c.Value)
			}
			first = false
		}
	}
	return fields
}

// Text is what people read on a page.
func (p Page) Text() string { return markup.Text(p.Body) }

// SecretTag finds the secret that an enrolment page shows.
var SecretTag = regexp.MustCompile(`id="totp-secret"[^>]*>([^<]+)<`)

// Secret is the secret that an enrolment page shows.
func (p Page) Secret() totp.Secret {
	p.T.Helper()
	m := SecretTag.FindStringSubmatch(p.Body)
	require.NotNil(p.T, m, "no secret on %s: %s", p.Path, p.Text())
	secret, err := totp.ParseSecret(m[1])
	require.NoError(p.T, err)
	return secret
}

// CodeTag finds the recovery codes that a page shows.
var CodeTag = regexp.MustCompile(`<li><code>([A-Z2-7-]+)</code></li>`)

// RecoveryCodes are the codes that a page shows.
func (p Page) RecoveryCodes() []string {
	p.T.Helper()
	var codes []string
	for _, m := range CodeTag.FindAllStringSubmatch(p.Body, -1) {
		codes = append(codes, m[1])
	}
	require.Len(p.T, codes, 10, "%s: %s", p.Path, p.Text())
	return codes
}

var problemTag = regexp.MustCompile(`(?s)<p class="problem" id="field-([^"]+)-error">(.*?)</p>`)

// Problems are the texts beside fields, by field.
func (p Page) Problems() map[string]string {
	all := map[string]string{}
	for _, m := range problemTag.FindAllStringSubmatch(p.Body, -1) {
		all[m[1]] = strings.TrimPrefix(Page{Body: m[2]}.Text(), "Error: ")
	}
	return all
}

// Rows are the paths of a list's rows, in order, without what leads back to the list.
func (p Page) Rows(prefix string) []string {
	var paths []string
	for _, m := range regexp.MustCompile(`(?:<th scope="row">(?:<label.*?</label>)?(?:<span[^>]*>[^<]*</span>)?<a (?:class="[^"]*" )?|<a class="entry-time" )href="([^"?]+)`).FindAllStringSubmatch(p.Body, -1) {
		paths = append(paths, strings.TrimPrefix(html.UnescapeString(m[1]), p.Base+prefix))
	}
	return paths
}

// Link is where a link of the page with this text leads; empty without one.
func (p Page) Link(text string) string {
	for _, m := range regexp.MustCompile(`(?s)<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>`).FindAllStringSubmatch(p.Body, -1) {
		if said := (Page{Body: m[2]}).Text(); said == text || p.foreign() != nil && p.says(said, text) {
			return strings.TrimPrefix(html.UnescapeString(m[1]), p.Base)
		}
	}
	return ""
}
