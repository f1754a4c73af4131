package reset_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// sample begins and ends with characters that must not be mistaken for wrapping.
const (
	sample     = "-_3Jq0xkP5vYw8sZt1uB7nM2cL4hG6fD9eR0aT_yKi8"
	sampleLink = "https://example.org/k7w3/reset#" + sample
)

func TestParseTokenTakesWhatPeoplePaste(t *testing.T) {
	for name, pasted := range map[string]string{
		"the token":                       sample,
		"the link":                        sampleLink,
		"a link to this machine":          "http://localhost:8080/k7w3/reset#" + sample,
		"a link with a query":             "https://example.org/reset?utm=mail#" + sample,
		"the fragment":                    "#" + sample,
		"blanks around":                   "  " + sample + "\t ",
		"line breaks around":              "\r\n" + sampleLink + "\r\n",
		"non-breaking space around":       "\u00a0" + sample + "\u00a0",
		"zero-width space and byte order": "\ufeff" + sample + "\u200b",
		"a token that was wrapped":        sample[:20] + "\r\n" + sample[20:],
		"a link that was wrapped":         sampleLink[:40] + "\n " + sampleLink[40:],
		"blanks inside":                   sample[:10] + " " + sample[10:],
		"angle brackets":                  "<" + sampleLink + ">",
		"angle brackets and a full stop":  "<" + sampleLink + ">.",
		"parentheses":                     "(" + sampleLink + ")",
		"quotation marks":                 `"` + sample + `"`,
		"typographic quotation marks":     "“" + sampleLink + "”",
		"French quotation marks":          "« " + sampleLink + " »",
		"bold":                            "**" + sample + "**",
		"code":                            "`" + sample + "`",
		"a full stop":                     sampleLink + ".",
		"a comma":                         sampleLink + ",",
		"an exclamation mark and a blank": sampleLink + "! ",
		"brackets inside quotation marks": "'<" + sample + ">',",
		"upper-case scheme":               "HTTPS://example.org/reset#" + sample,

		"a link without scheme":            "example.org/reset#" + sample,
		"a relative link":                  "/reset#" + sample,
		"padding":                          sample + "=",
		"a trailing equals sign":           sampleLink + "=",
		"an encoded hash":                  "https://example.org/k7w3/reset%23" + sample,
		"a hash encoded twice":             "https://example.org/k7w3/reset%2523" + sample,
		"a hash encoded three times":       "https://example.org/k7w3/reset%252523" + sample,
		"an encoded hash in lower case":    "https%3a%2f%2fexample.org%2fk7w3%2freset%23" + sample,
		"a hash as an entity":              "https://example.org/k7w3/reset&#35;" + sample,
		"a hash as a hexadecimal entity":   "https://example.org/k7w3/reset&#x23;" + sample,
		"a hash in quoted-printable":       "https://example.org/k7w3/reset=23" + sample,
		"an encoded fragment":              "%23" + sample,
		"a soft line break":                sampleLink[:50] + "=\r\n" + sampleLink[50:],
		"a soft line break, pasted":        sampleLink[:50] + "=" + sampleLink[50:],
		"a soft line break and a sentence": "Choose:\n" + sampleLink[:50] + "=\n" + sampleLink[50:] + "\nIt works once",
		"a soft line break at the hash":    "https://example.org/k7w3/reset#=\r\n" + sample,
		"a token with a soft line break":   sample[:7] + "=\n" + sample[7:],
		"quoted":                           "> " + sampleLink[:45] + "\r\n> " + sampleLink[45:] + "\r\n> ",
		"quoted twice, without breaks":     ">> " + sampleLink[:45] + ">> " + sampleLink[45:],
		"an escaped line break":            sampleLink[:45] + "%0D%0A" + sampleLink[45:],
		"an escaped blank":                 sampleLink[:45] + "%20" + sampleLink[45:],
		"an escaped zero-width space":      sampleLink + "%E2%80%8B",
		"a soft hyphen":                    sampleLink[:45] + "&shy;" + sampleLink[45:],
		"angle brackets, escaped":          "&lt;" + sampleLink + "&gt;",
		"an ampersand, escaped":            sampleLink + "&amp;source=mail",
		"a bracket inside the URL":         sampleLink + "%3E",
		"a text fragment":                  sampleLink + ":~:text=x",
		"two fragments":                    sampleLink + "#" + sample,
		"the link twice":                   sampleLink + "\n" + sampleLink,
		"the token twice":                  sample + "\n" + sample,
		"a link with its text":             "Choose a new password<" + sampleLink + ">",
		"Markdown":                         "[Choose a new password](" + sampleLink + ")",
		"a chat":                           "<" + sampleLink + "|Choose a new password>",
		"HTML":                             `<a href="` + sampleLink + `" style="color:#ffffff">Choose</a>`,
		"italics":                          "_" + sampleLink + "_",
		"words before the link":            "Your link: " + sampleLink,
		"words after the link":             sampleLink + " ends soon",
		"words stuck to the link":          sampleLink + "The link works once.",
		"words around the token":           "Code: " + sample + " (works once)",
		"a line of a log":                  `time=2026-11-29T14:00:00Z level=INFO msg="set up" url=` + sampleLink + " id=7",
		"a line of a log in JSON":          `{"level":"INFO","url":"` + sampleLink + `"}`,
		"the mail":                         "Hello Ada,\n\nSomeone asked for it (#12).\n\nChoose a new password:\n" + sampleLink + "\n\nThe link works once.\n\nKeep this: https://example.org/k7w3/\n",
		"the mail without line breaks":     "Hello Ada,Someone asked for it.Choose a new password:" + sampleLink + "The link works once.Keep this: https://example.org/k7w3/",

		"the token twice, without a break": sample + sample,
		"full width":                       fullWidth(sampleLink),
		"the token in full width":          fullWidth(sample),
		"a full-width hash":                "https://example.org/k7w3/reset＃" + sample,
		"a small hash":                     "https://example.org/k7w3/reset﹟" + sample,
		"non-breaking hyphens":             strings.ReplaceAll(sampleLink, "-", "\u2011"),
		"the token with an en dash":        strings.ReplaceAll(sample, "-", "–"),
		"a minus":                          strings.ReplaceAll(sample, "-", "−"),
		"between dashes":                   "—" + sample + "—",
		"Markdown, escaped":                strings.NewReplacer("#", `\#`, "-", `\-`, "_", `\_`).Replace(sampleLink),
		"the token, escaped":               strings.ReplaceAll(sample, "_", `\_`),
		"places for a line break":          sampleLink[:45] + "<wbr>" + sampleLink[45:60] + "<BR />" + sampleLink[60:],

		"Outlook":             "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fk7w3%2Freset%23" + sample + "&data=05%7C02%7Cada%40example.org%7C0123%7C0%7C0%7C638%7CUnknown%7CTWFpbGZsb3d8&sdata=kT3Zq0xkP5vYw8sZt1uB7nM2cL4hG6fD9eR0aTyKi84%3D&reserved=0",
		"Outlook, escaped":    "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fk7w3%2Freset%23" + sample + "&amp;data=05%7C02&amp;sdata=kT3Zq0xkP5vYw8sZt1uB7nM2cL4hG6fD9eR0aTyKi84%3D",
		"Outlook in Outlook":  "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Feur02.safelinks.protection.outlook.com%2F%3Furl%3Dhttps%253A%252F%252Fexample.org%252Fk7w3%252Freset%2523" + sample + "%26sdata%3Dx&sdata=y",
		"Proofpoint 1":        "https://urldefense.proofpoint.com/v1/url?u=https://example.org/k7w3/reset%23" + sample + "&k=abc&r=def",
		"Proofpoint 2":        "https://urldefense.proofpoint.com/v2/url?u=https-3A__example.org_k7w3_reset-23" + strings.NewReplacer("-", "-2D", "_", "-5F").Replace(sample) + "&d=DwMFaQ&c=euGZstcaTDllvimEN8b7jXrwqOf-v5A_CdpgnVfiiMM&r=x&m=y&s=z&e=",
		"Proofpoint 3":        "https://urldefense.com/v3/__https://example.org/k7w3/reset*" + sample + "__;Iw!!AbC-dEf!gHi-jKl_mNo$",
		"Proofpoint 3, plain": "https://urldefense.com/v3/__https://example.org/k7w3/reset#" + sample + "__;!!AbC-dEf!gHi$",
		"Outlook, wrapped":    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fk7w3%2Freset%23" + sample[:20] + "=\r\n" + sample[20:] + "&data=05",
		"Proofpoint 2 in Outlook": "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Furldefense.proofpoint.com%2Fv2%2Furl%3Fu%3Dhttps-3A__example.org_k7w3_reset-23" +
			strings.NewReplacer("-", "-2D", "_", "-5F").Replace(sample) + "%26d%3DDw&data=05",
		"Proofpoint 3 in Outlook": "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Furldefense.com%2Fv3%2F__https%3A%2F%2Fexample.org%2Fk7w3%2Freset*" + sample + "__%3BIw!!A!b%24&data=05",
		"Outlook in Proofpoint 3": "https://urldefense.com/v3/__https://eur01.safelinks.protection.outlook.com/?url=https*3A*2F*2Fexample.org*2Fk7w3*2Freset*23" + sample + "&data=05__;JSUlJSUl!!A!b$",
		"Check Point":             "https://protect.checkpoint.com/v2/___https://example.org/k7w3/reset%23" + sample + "___.YzJlOm",
		"Barracuda":               "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fexample.org%2fk7w3%2freset%23" + sample + "&c=E,1,abc_def-ghi&typo=1",
		"Google":                  "https://www.google.com/url?q=https://example.org/k7w3/reset%23" + sample + "&source=gmail&ust=1764426000000000&usg=AOvVaw0",
		"Slack":                   "https://slack-redir.net/link?url=https%3A%2F%2Fexample.org%2Fk7w3%2Freset%23" + sample + "&v=3",
		"Trend Micro":             "https://imsva91-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=https%3a%2f%2fexample.org%2fk7w3%2freset%23" + sample + "&umid=0A&auth=1b2c-3d4e",
		"Cisco":                   "https://secure-web.cisco.com/1xYz_0aB-c/https%3A%2F%2Fexample.org%2Fk7w3%2Freset%23" + sample,
		"Symantec":                "https://clicktime.symantec.com/3AbC?u=https%3A%2F%2Fexample.org%2Fk7w3%2Freset%23" + sample,
		"Sophos":                  "https://eu-west-1.protection.sophos.com?d=example.org&u=" + base64.StdEncoding.EncodeToString([]byte(sampleLink)) + "&i=NWY=&t=x&h=y",
		"Sophos, for URLs":        "https://eu-west-1.protection.sophos.com?d=example.org&u=" + base64.RawURLEncoding.EncodeToString([]byte(sampleLink)),
		"FireEye":                 "https://protect2.fireeye.com/v1/url?k=1-2-3&q=1&e=4&u=https%3A%2F%2Fexample.org%2Fk7w3%2Freset%23" + sample,
		"Amazon SES":              "https://abc.r.eu-west-1.awstrack.me/L0/https:%2F%2Fexample.org%2Fk7w3%2Freset%23" + sample + "/1/0102018-000000/sig=123",
		"Facebook":                "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fk7w3%2Freset%23" + sample + "&h=AT0",
	} {
		t.Run(name, func(t *testing.T) {
			token, err := reset.ParseToken(pasted)
			require.NoError(t, err)
			require.Equal(t, sample, token)
		})
	}
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, s)
}

func TestParseTokenRefusesEverythingElse(t *testing.T) {
	other := "A" + sample[1:]
	tests := map[error]map[string]string{
		reset.ErrCut: {
			"a token in a query":          "https://example.org/reset?token=" + sample,
			"a token in a path":           "https://example.org/reset/" + sample,
			"a link that was cut":         "https://example.org/k7w3/reset",
			"a link with an empty end":    "https://example.org/reset#",
			"a link of Mimecast":          "https://protect-eu.mimecast.com/s/AbCdEfGhIjKlMnOpQrSt?domain=example.org",
			"a link of a mail service":    "https://u1.ct.sendgrid.net/ls/click?upn=u001." + sample + sample,
			"Outlook, without the token":  "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Freset&sdata=" + sample[1:] + "8%3D",
			"Proofpoint, not the token":   "https://urldefense.com/v3/__https://example.org/k7w3/reset__;!!AbC!gHi$",
			"a broken link of Proofpoint": "https://urldefense.com/v3/__https://example.org/k7w3/reset*" + sample + "__;!!AbC!gHi$",
		},
		reset.ErrMalformed: {
			"nothing":                         "",
			"blanks only":                     " \r\n",
			"wrapping only":                   "<>",
			"a hash only":                     "#",
			"one character short":             sample[:42],
			"a link, one character short":     sampleLink[:len(sampleLink)-1],
			"one character more":              sample + "A",
			"standard base64":                 "+/" + sample[2:],
			"another spelling of these bytes": sample[:42] + "9",
			"letters outside ASCII":           "é" + sample[2:],
			"invalid UTF-8":                   "\xff" + sample[1:],
			"a zero byte inside":              sample[:20] + "\x00" + sample[21:],
			"a zero byte after":               sample + "\x00",
			"a named fragment":                "https://example.org/reset#token=" + sample,
			"a link cut in the middle":        sampleLink[:len(sampleLink)-9] + "...",
			"two tokens":                      sample + "\n" + other,
			"two tokens without a break":      sample + other,
			"two tokens in full width":        fullWidth(sample) + " " + fullWidth(other),
			"one character twice":             sample[:20] + sample[19:],
			"two links":                       sampleLink + "\n" + "https://example.org/reset#" + other,
			"two links, one encoded":          sampleLink + " https://example.org/reset%23" + other,
			"in upper case":                   strings.ToUpper(sample[:40]) + "**8",
			"an address":                      "ada@example.org",
			"the words on the button":         "Choose a new password",
			"more than anybody pastes":        strings.Repeat(" ", 4096) + sample,
		},
	}
	for want, texts := range tests {
		for name, pasted := range texts {
			t.Run(name, func(t *testing.T) {
				token, err := reset.ParseToken(pasted)
				require.Equal(t, want, err)
				require.ErrorIs(t, err, reset.ErrUnknown)
				require.ErrorIs(t, err, reset.ErrLink)
				require.Empty(t, token)
				require.NotContains(t, err.Error(), sample[:8])
			})
		}
	}
}

// FuzzParseToken states that a token has one spelling, and that any other text is
// refused without being quoted.
func FuzzParseToken(f *testing.F) {
	for _, seed := range []string{
		"", sample, sampleLink, " <" + sampleLink + ">.\r\n", "#" + sample, sample[:42] + "9",
		"u=https%3A%2F%2Fa%2523" + sample, "urldefense.com/v3/__a*" + sample + "__;Iw!!", sample[:20] + "\r\n" + sample[20:], "https://[::1%25]/#" + sample, "\xff\xfe" + sample, "http://#" + sample,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pasted string) {
		token, err := reset.ParseToken(pasted)
		if err != nil {
			require.ErrorIs(t, err, reset.ErrUnknown)
			require.Empty(t, token)
			require.Contains(t, []error{reset.ErrMalformed, reset.ErrCut}, err)
			return
		}
		require.Regexp(t, `^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]|([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4})$`, token)
		again, err := reset.ParseToken(token)
		require.NoError(t, err)
		require.Equal(t, token, again)
	})
}

// FuzzLinkRoundTrip states that every link can be pasted back, alone or in the
// wrapping that mail programs put around it.
func FuzzLinkRoundTrip(f *testing.F) {
	f.Add(make([]byte, 32), uint8(3))
	f.Add(bytes.Repeat([]byte{0xff}, 32), uint8(60))
	f.Add([]byte("0123456789abcdef0123456789abcdef"), uint8(74))
	f.Fuzz(func(t *testing.T, raw []byte, breakAt uint8) {
		if len(raw) < 32 {
			return
		}
		links, link := setup(t), reset.LinkOf([32]byte(raw))
		url, err := link.URL("https://example.org/k7w3/reset")
		require.NoError(t, err)
		at := int(breakAt) % len(url)
		for _, pasted := range []string{
			link.Token(), url, "<" + url + ">", "\"" + link.Token() + "\".", url[:at] + "\r\n" + url[at:],
		} {
			token, err := reset.ParseToken(pasted)
			require.NoError(t, err, pasted)
			require.Equal(t, link.Token(), token)
			require.Equal(t, store.DigestOf(link.Token()), links.Spend(pasted).Digest)
		}
	})
}
