package backoffice_test

import (
	"encoding/base64"
	"html"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/totp"
)

// names are names of an office, with what an authenticator app calls it.
var names = []struct{ name, office, issuer string }{
	{"a plain one", "Meadow", "Meadow"},
	{"a colon", "Meadow: admin", "Meadow admin"},
	{"colons and a letter", "::M::", "M"},
	{"an encoded word", "=?utf-8?q?Eve?=", "=?utf-8?q?Eve?="},
	{"an emoji", "Meadow 🌱", "Meadow 🌱"},
	{"nothing but an emoji", "🌱", "🌱"},
	{"an emoji of several", "👩🏽\u200d🌾 Meadow", "👩🏽\u200d🌾 Meadow"},
	{"a Persian one with a joiner", "باغ\u200cوحش", "باغ\u200cوحش"},
	{"a Hebrew one with Latin in it", "גן Meadow", "גן Meadow"},
	{"quotation marks and a backslash", `"Meadow" \ 'Co'`, `"Meadow" \ 'Co'`},
	{"markup", "<b>Meadow</b> & Co", "<b>Meadow</b> & Co"},
	{"a comma and a full stop", "Meadow, Inc.", "Meadow, Inc."},
	{"what a header could begin with", "Bcc: eve@evil.example", "Bcc eve@evil.example"},
	{"a formula", "=1+1", "=1+1"},
	{"a no-break space", "Meadow\u00a0Co", "Meadow Co"},
	{"what URLs have", "a/b?c=d&e#f%20+", "a/b?c=d&e#f%20+"},
	{"as long as it may be", strings.Repeat("Ω", settings.MostName/2), strings.Repeat("Ω", settings.MostName/2)},
}

var qrTag = regexp.MustCompile(`id="totp-qr"[^>]* src="data:image/png;base64,([^"]+)"`)

// Whatever New accepts as the name of an office works wherever the name goes.
func TestANameThatIsAcceptedWorksEverywhere(t *testing.T) {
	sink, pictures := smtpsink.Start(t, smtpsink.Options{}), t.TempDir()
	sender, err := mail.NewSMTP(mail.SMTPConfig{Addr: sink.Addr, From: `"\"Meadow\", 🌱: 1" <office@community.example>`, PlainToLoopback: true})
	require.NoError(t, err)
	var secrets []totp.Secret
	for i, c := range names {
		o := newOffice(t, func(cfg *backoffice.Config) { cfg.Name, cfg.Mail = c.office, sender })
		ada := o.Browser()
		require.NotEqual(t, http.StatusInternalServerError, ada.Get("/login").Status, c.name)
		boss := o.Person("Ada", backoffice.SuperAdministrator)
		shown := ada.Follow(ada.Login("Ada", good))
		require.Contains(t, shown.Text(), strings.Join(strings.Fields(c.office), " "), c.name)
		secrets = append(secrets, shown.Secret())
		picture, err := base64.StdEncoding.DecodeString(html.UnescapeString(qrTag.FindStringSubmatch(shown.Body)[1]))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(pictures, string(rune('a'+i))+".png"), picture, 0o600))
		enrolled := ada.Submit(shown, "/login/enrol", "code", o.Code(shown.Secret()))
		require.Equal(t, http.StatusOK, enrolled.Status, c.name)

		_, err = o.DeliverMail(ctx)
		require.NoError(t, err)
		received := sink.Messages()
		require.Len(t, received, i+1, c.name)
		body, err := received[i].Body()
		require.NoError(t, err)
		require.Equal(t, boss.Email, received[i].To[0])
		require.Contains(t, body.Subject, strings.Join(strings.Fields(strings.ReplaceAll(c.office, "=?", "= ?")), " "), c.name)
		require.NotContains(t, received[i].Data, "Bcc: eve@evil.example\r\n", c.name)

		export := ada.Submit(ada.Get("/audit"), "/audit/export", "format", "csv")
		require.Equal(t, http.StatusOK, export.Status, c.name)
		require.NotContains(t, o.Log.String(), `"level":"ERROR"`, c.name)
	}
	if _, err := exec.LookPath("zbarimg"); err != nil && os.Getenv("CI") != "true" {
		t.Log("NOT CHECKED: zbarimg is not installed")
		return
	}
	scanned, err := exec.Command("zbarimg", append([]string{"-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable"}, glob(t, pictures)...)...).Output()
	require.NoError(t, err, "install zbar-tools")
	lines := strings.Split(strings.TrimSpace(string(scanned)), "\n")
	require.Len(t, lines, len(names))
	for i, c := range names {
		key, err := url.Parse(lines[i])
		require.NoError(t, err)
		require.Equal(t, "/"+c.issuer+":ada@example.org", key.Path, c.name)
		require.Equal(t, c.issuer, key.Query().Get("issuer"), c.name)
		require.Equal(t, secrets[i].Base32(), key.Query().Get("secret"), c.name)
	}
}

func glob(t *testing.T, dir string) []string {
	all, err := filepath.Glob(filepath.Join(dir, "*.png"))
	require.NoError(t, err)
	return all
}

// Whatever else would fail later is refused by New, and beside the parameter's field,
// with the same reason.
func TestANameThatIsRefusedIsRefusedWithTheReason(t *testing.T) {
	var parameter settings.Definition
	for _, d := range settings.Definitions() {
		if d.Name == "office.name" {
			parameter = d
		}
	}
	for name, c := range map[string]struct{ office, why string }{
		"colons only":                {"::", "has no letter, digit or symbol"},
		"a colon":                    {":", "has no letter, digit or symbol"},
		"full stops":                 {"…", "has no letter, digit or symbol"},
		"spaces only":                {"   ", "is empty"},
		"a space around it":          {"Meadow ", "begins or ends with a space"},
		"a no-break space before it": {"\u00a0Meadow", "begins or ends with a space"},
		"a line break":               {"Mea\ndow", "has a line break"},
		"CR LF and a header":         {"Meadow\r\nBcc: eve@evil.example", "has a line break"},
		"a line separator":           {"Mea\u2028dow", "has a line break"},
		"a tab":                      {"Mea\tdow", "has a control character (U+0009)"},
		"NUL":                        {"Mea\x00dow", "has a control character (U+0000)"},
		"DEL":                        {"Mea\x7fdow", "has a control character (U+007F)"},
		"an escape":                  {"Mea\x1b[2Jdow", "has a control character (U+001B)"},
		"a right-to-left mark":       {"Meadow\u200f", "has an invisible character (U+200F)"},
		"an override":                {"Mea\u202edow", "has an invisible character (U+202E)"},
		"an isolate":                 {"\u2066Meadow\u2069", "has an invisible character (U+2066)"},
		"a zero-width space":         {"Mea\u200bdow", "has an invisible character (U+200B)"},
		"a byte order mark":          {"\ufeffMeadow", "has an invisible character (U+FEFF)"},
		"a soft hyphen":              {"Mea\u00addow", "has an invisible character (U+00AD)"},
		"a joiner between Latin":     {"Mea\u200ddow", "has an invisible character (U+200D)"},
		"a tag":                      {"Meadow\U000E0041", "has an invisible character (U+E0041)"},
		"a blank Braille pattern":    {"Mea\u2800dow", "has an invisible character (U+2800)"},
		"marks without end":          {"Me" + strings.Repeat("\u0303", 30), "has more than 8 marks on one letter"},
		"private use":                {"Meadow\ue000", "has a character that cannot be shown (U+E000)"},
		"what replaces a character":  {"Meadow\ufffd", "has a character that cannot be shown (U+FFFD)"},
		"Latin-1":                    {"Caf\xe9", "has damaged characters"},
		"200 letters":                {strings.Repeat("x", 200), "is longer than 80 bytes"},
		"81 bytes of other letters":  {strings.Repeat("Ω", 40) + "x", "is longer than 80 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := least(t)
			cfg.Name = c.office
			_, err := backoffice.New(ctx, cfg)
			require.ErrorContains(t, err, "Config.Name: ")
			require.ErrorContains(t, err, c.why)
			require.Contains(t, parameter.Problem(c.office).String(), c.why)
		})
	}
}

// Every text of the configuration that people see, or that another program reads.
func TestEveryTextOfTheConfigurationIsChecked(t *testing.T) {
	for field, set := range map[string]func(*backoffice.Config, string){
		"Contact":                  func(c *backoffice.Config, s string) { c.Contact = s },
		"ContextWords":             func(c *backoffice.Config, s string) { c.ContextWords = []string{"fine", s} },
		"SSO: Name":                func(c *backoffice.Config, s string) { c.SSO = &backoffice.SSO{URL: "https://sso.example", Name: s} },
		"Look: LogoURL":            func(c *backoffice.Config, s string) { c.Look.LogoURL = "/logo.svg" + s },
		"Menu: Group":              func(c *backoffice.Config, s string) { c.Menu[0].Group = s },
		"Menu: Label":              func(c *backoffice.Config, s string) { c.Menu[0].Label = s },
		"Menu: Text":               func(c *backoffice.Config, s string) { c.Menu[0].Text = s },
		"Menu: Path":               func(c *backoffice.Config, s string) { c.Menu[0].Path = "/a" + s },
		"Widgets: Title":           func(c *backoffice.Config, s string) { c.Widgets = []backoffice.Widget{{Title: s}} },
		"Widgets: Path":            func(c *backoffice.Config, s string) { c.Widgets = []backoffice.Widget{{Title: "A", Path: "/a" + s}} },
		"Permissions: Label":       func(c *backoffice.Config, s string) { c.Permissions[0].Label = s },
		"Permissions: Group":       func(c *backoffice.Config, s string) { c.Permissions[0].Group = s },
		"Permissions: Description": func(c *backoffice.Config, s string) { c.Permissions[0].Description = s },
		"Passive":                  func(c *backoffice.Config, s string) { c.Passive = []string{"/a" + s} },
		"Tokenless":                func(c *backoffice.Config, s string) { c.Tokenless = []string{"/a" + s} },
		"ForwardedHeader": func(c *backoffice.Config, s string) {
			c.TrustedProxies, c.ForwardedHeader = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "X-Forwarded-For"+s
		},
		"Witness": func(c *backoffice.Config, s string) {
			c.Witness = backoffice.MailWitness{Sender: c.Mail, To: "audit@elsewhere" + s + ".example"}
		},
		"MailTemplates": func(c *backoffice.Config, s string) {
			c.MailTemplates = fstest.MapFS{"letter.txt": {Data: []byte("{{.Button.URL}}\x00" + s)}}
		},
	} {
		t.Run(field, func(t *testing.T) {
			name, _, _ := strings.Cut(field, ":")
			for text, why := range map[string]string{"x\u202ey": "U+202E", "x\ny": "line break", "x\x7fy": "U+007F", "x\xffy": "UTF-8", strings.Repeat("long", 400): "longer"} {
				cfg := least(t)
				cfg.Menu = []backoffice.MenuItem{{Label: "A", Path: "/a"}}
				cfg.Permissions = []backoffice.Permission{{Key: "a.b", Label: "A"}}
				set(&cfg, text)
				_, err := backoffice.New(ctx, cfg)
				require.ErrorContains(t, err, "Config."+name+": ", "%q", text)
				if _, part, ok := strings.Cut(field, ": "); ok {
					require.ErrorContains(t, err, part)
					require.ErrorContains(t, err, why)
				}
			}
		})
	}
}

// Every page that takes an email address says beside the field what is wrong with it, and
// repairs what is certain.
func TestEveryPageSaysWhatIsWrongWithAnEmailAddress(t *testing.T) {
	fresh, o := newOffice(t), newOffice(t)
	boss := o.Enrolled("Boss", backoffice.SuperAdministrator)
	zoe := o.Person("Zoe", backoffice.Moderator)
	pages := map[string]func(email string) page{
		"setup": func(email string) page {
			b := fresh.Browser()
			return b.Use("/setup", fresh.SetupToken(), good, "name", "Ada", "email", email)
		},
		"forgot": func(email string) page {
			b := o.Browser()
			return b.Submit(b.Get("/forgot"), "/forgot", "email", email)
		},
		"invite": func(email string) page {
			return boss.Submit(boss.Get("/operators/new"), "/operators/new", "email", email, "role", backoffice.Moderator)
		},
		"change": func(email string) page {
			path := "/operators/" + zoe.ID + "/email"
			return boss.Submit(boss.Get(path), path, "email", email)
		},
	}
	for email, why := range map[string]string{
		"":                                "Enter an email address.",
		"Zoe":                             "Enter an email address with an “@”, like name@example.com.",
		"zoe at example.com":              "Write the email address with “@” and dots, like name@example.com.",
		"zoe@example":                     "The part after the “@” needs a dot, as in example.com.",
		"zöe@example.com":                 "Before the “@”, only letters from a to z",
		"zoe@example.com, eve@evil.com":   "Enter one email address only.",
		"boss@example.com <eve@evil.com>": "Enter only one email address, without a name.",
	} {
		for name, post := range pages {
			answer := post(email)
			require.Equal(t, http.StatusUnprocessableEntity, answer.Status, "%s %q", name, email)
			require.Contains(t, answer.Problems()["email"], why, "%s %q", name, email)
		}
	}
	o.Letters()
	require.Equal(t, http.StatusSeeOther, pages["invite"]("Jürgen Müller <mailto:jm@BÜCHER.example>").Status)
	require.Contains(t, o.Letters()[len(o.Letters())-1], "To: <jm@xn--bcher-kva.example>")
	require.Equal(t, http.StatusSeeOther, pages["change"]("\ufeffzoe@bücher.example.\n").Status)
	require.Contains(t, boss.Get("/operators?q="+url.QueryEscape("zoe@BÜCHER.example")).Text(), "Zoe")
	b := o.Browser()
	require.Equal(t, http.StatusSeeOther, b.Login("Zoe＠Bücher.example", good).Status, "and it is known as it is typed")
}
