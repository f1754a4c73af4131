package messages_test

import (
	"encoding/json"
	"html/template"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/messages"
)

// host is what a host brings: a language of its own, and changes to others.
func host(t *testing.T, files map[string]string) (*messages.Catalogue, error) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return messages.Load(fsys)
}

func TestEveryMessageOfOursIsSound(t *testing.T) {
	languages := os.DirFS("languages")
	_, err := messages.Load(languages)
	require.NoError(t, err)
	tags, err := fs.ReadDir(languages, ".")
	require.NoError(t, err)
	c, err := messages.Load(nil)
	require.NoError(t, err)
	require.Equal(t, "en", c.Tags()[0])
	require.Len(t, c.Tags(), len(tags))
	for _, tag := range c.Tags() {
		require.Empty(t, c.Missing(tag), tag)
		l := c.In(tag)
		require.Equal(t, c.Name(tag), l.Name)
		require.True(t, l.Has("format.name"))
	}
}

func TestWhatIsEmbeddedIsNew(t *testing.T) {
	folders, err := os.ReadDir("languages")
	require.NoError(t, err)
	require.Len(t, messages.Ours().Tags(), len(folders), again)
	for _, folder := range folders {
		written := map[string]json.RawMessage{}
		files, err := filepath.Glob(filepath.Join("languages", folder.Name(), "*.json"))
		require.NoError(t, err)
		for _, name := range files {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(text, &written), name)
		}
		for _, key := range messages.Keys() {
			require.JSONEq(t, string(written[key]), messages.Raw(folder.Name(), key), "%s %s: %s", folder.Name(), key, again)
		}
		require.Len(t, messages.Keys(), len(written), "%s: %s", folder.Name(), again)
	}
}

const again = `run "go generate ./internal/messages"`

func TestWhatAHostBringsIsChecked(t *testing.T) {
	for name, c := range map[string]struct{ file, text, refused string }{
		"a message replaced":              {"en.json", `{"common.cancel": "Never mind"}`, ""},
		"a text of its own":               {"de/moderation.json", `{"moderation.title": "Moderation"}`, ""},
		"a sentence of its own":           {"de.json", `{"Hide posts": "Beiträge ausblenden"}`, ""},
		"not JSON":                        {"de.json", `{`, "de.json: line 1: not JSON: unexpected end"},
		"a list":                          {"de.json", `{"common.cancel": ["a"]}`, "common.cancel: neither a text nor an object"},
		"not a language":                  {"german.json", `{}`, `"german" is not the tag of a language`},
		"upper case":                      {"DE.json", `{}`, `name it "de"`},
		"another ending":                  {"de.JSON", `{}`, `name it ".json"`},
		"a folder too high":               {"messages/de.json", `{}`, `give that one, with fs.Sub(files, "messages")`},
		"no files":                        {"messages.go", "", "the folder has no file such as de.json"},
		"not an object":                   {"de.json", `["Nein"]`, "not an object of messages"},
		"not JSON further down":           {"de.json", "{\n\"a\": 'x'}", "line 2: not JSON"},
		"not UTF-8":                       {"de.json", "{\"a\": \"f\xfcr\"}", "the file is not UTF-8"},
		"a byte order mark":               {"de.json", "\ufeff{\"common.cancel\": \"Nein\"}", ""},
		"null":                            {"de.json", `{"common.cancel": null}`, "neither a text nor"},
		"nothing said":                    {"de.json", `{"common.cancel": ""}`, "it is empty"},
		"an area of ours, mistyped":       {"de.json", `{"comon.cancel": "Nein"}`, `did you mean "common.cancel"?`},
		"letters swapped":                 {"de.json", `{"common.cancle": "Nein"}`, `did you mean "common.cancel"?`},
		"keys in keys":                    {"de.json", `{"common": {"cancel": "Nein"}}`, "keys are written whole"},
		"a sentence in a folder":          {"de/common.json", `{"Hide posts": "Ausblenden"}`, "it belongs in de.json"},
		"a tag that is written otherwise": {"pt_br.json", `{}`, `name it "pt-BR"`},
		"a key of ours, mistyped":         {"de.json", `{"common.cansel": "Abbrechen"}`, "common.cansel: there is no such message"},
		"a key in another file":           {"de/frame.json", `{"common.cancel": "Abbrechen"}`, "it belongs in common.json"},
		"an argument too many":            {"de.json", `{"format.clock": "{time} Uhr {zone}"}`, "it has {time} {zone}, and the English has {time}"},
		"an argument too few":             {"de.json", `{"format.clock": "Uhr"}`, "it has no arguments or tags, and the English has {time}"},
		"a tag that is not there":         {"de.json", `{"common.cancel": "<b>Nein</b>"}`, "it has </b> <b>, and the English has no arguments"},
		"a tag that is not known":         {"de.json", `{"common.cancel": "<script>x</script>"}`, "the tag <script> is not known"},
		"a tag that is not closed":        {"de.json", `{"common.cancel": "<b>Nein"}`, "<b> is not closed"},
		"tags that cross":                 {"de.json", `{"common.cancel": "<b><em>Nein</b></em>"}`, "</b> closes nothing"},
		"a stray brace":                   {"de.json", `{"common.cancel": "Nein}"}`, `a stray "}"`},
		"a plural form missing":           {"pl.json", `{"format.span.day": {"one": "{n} dzień", "other": "{n} dnia"}}`, `plural forms are missing: "few", "many"`},
		"a plural form that is not one":   {"de.json", `{"format.span.day": {"single": "{n} Tag", "other": "{n} Tage"}}`, `"single" is not a plural form`},
		"a form that it does not have":    {"de.json", `{"format.span.day": {"one": "{n} Tag", "few": "x {n}", "other": "{n} Tage"}}`, `the language has no plural form "few"`},
		"one form without its number":     {"de.json", `{"format.span.day": {"one": "ein Tag", "other": "{n} Tage"}}`, ""},
		"only other":                      {"de.json", `{"format.span.day": "{n} Tage"}`, ""},
		"no other":                        {"de.json", `{"format.span.day": {"one": "{n} Tag"}}`, `plural forms are missing: "other"`},
		"a link in a link":                {"de.json", `{"x": "<a>a <a2>b</a2></a>"}`, "<a2> is a link in a link"},
		"a NUL, a place in a page":        {"de.json", `{"common.cancel": "Nein\u00009"}`, "the character U+0000"},
		"an escape for terminals":         {"de.json", `{"common.cancel": "Nein\u001b[2J"}`, "the character U+001B"},
		"what turns the line around":      {"de.json", `{"common.cancel": "\u202eNein"}`, "the character U+202E"},
		"plurals of nothing":              {"de.json", `{"common.cancel": {"one": "a", "other": "b"}}`, "it has plural forms, but no argument n"},
	} {
		_, err := host(t, map[string]string{c.file: c.text})
		if c.refused == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, c.refused, name)
	}
}

func TestAHostAddsALanguage(t *testing.T) {
	c, err := host(t, map[string]string{
		"en.json":    `{"common.cancel": "Never mind"}`,
		"de-AT.json": `{"common.cancel": "Na"}`,
		"tlh.json":   `{"format.name": "tlhIngan Hol", "common.cancel": "qIl", "Hide posts": "QIn So'"}`,
	})
	require.NoError(t, err)
	require.Contains(t, c.Tags(), "tlh")
	l := c.In("tlh")
	require.Equal(t, "tlhIngan Hol", l.Name)
	require.Equal(t, "qIl", l.Text("common.cancel"))
	require.Equal(t, messages.English().Text("common.search"), l.Text("common.search"), "what is missing is said in English")
	require.Equal(t, "QIn So'", l.Say(messages.Host("Hide posts")))
	require.Equal(t, "Show posts", l.Say(messages.Host("Show posts")))
	require.Equal(t, []string{"Na", "Suchen"}, []string{c.In("de-AT").Text("common.cancel"), c.In("de-AT").Text("common.search")}, "the rest is German")
	require.Equal(t, "Never mind", c.In("en").Text("common.cancel"))
	require.NotSame(t, messages.Ours().In("de"), c.In("de"), "it falls back to the host's English")
	require.Equal(t, "Never mind", c.In("xx").Text("common.cancel"), "a language that there is not")
	require.Equal(t, "Cancel", messages.English().Text("common.cancel"), "another office is not changed")
	require.Contains(t, c.Missing("tlh"), "common.search")
	require.NotContains(t, c.Missing("tlh"), "common.cancel")
}

// Else every office that is made would leave languages, and their templates, behind.
func TestLanguagesThatAHostLeavesAloneAreShared(t *testing.T) {
	none, err := messages.Load(nil)
	require.NoError(t, err)
	c, err := host(t, map[string]string{"tlh.json": `{"common.cancel": "qIl"}`})
	require.NoError(t, err)
	for _, tag := range []string{"en", "de"} {
		require.Same(t, messages.Ours().In(tag), none.In(tag))
		require.Same(t, messages.Ours().In(tag), c.In(tag))
		require.True(t, c.In(tag).Shared())
	}
	require.False(t, c.In("tlh").Shared())
}

func TestTheLanguageThatABrowserAsksFor(t *testing.T) {
	m := messages.NewMatcher([]string{"en", "ar", "de", "pt-BR", "zh-Hant"})
	for header, want := range map[string]string{
		"":                        "",
		"*":                       "",
		"de":                      "de",
		"de-AT,de;q=0.9,en;q=0.8": "de",
		"en-GB":                   "en",
		"xx":                      "",
		"xx, de":                  "de",
		"en;q=0.1, de;q=0.9":      "de",
		"de;q=0":                  "",
		"tlh,de;q=0.1":            "de",
		"pt-PT":                   "pt-BR",
		"ar-EG,en;q=0.5":          "ar",
		"zh-TW":                   "zh-Hant",
		"de;q=x":                  "",
		"\x00\xff":                "",
	} {
		require.Equal(t, want, m.Match(header), header)
	}
}

func TestMessagesAreSaid(t *testing.T) {
	c, err := host(t, map[string]string{
		"en.json": `{
			"x.left": {"one": "{n} code left", "other": "{n} codes left"},
			"x.sso": "You use <b>{sso}</b>. No password yet? <a>Set one</a>.",
			"x.who": "{who} changed {what}."
		}`,
		"he.json": `{"x.who": "{who} غيّر {what}."}`,
		"pl.json": `{"format.group": "\u00a0", "format.group_from": "5", "x.left": {"one": "{n} kod", "few": "{n} kody", "many": "{n} kodów", "other": "{n} kodu"}}`,
	})
	require.NoError(t, err)
	en, ar, pl := c.In("en"), c.In("he"), c.In("pl")
	require.Equal(t, "1 code left", en.Text("x.left", "n", 1))
	require.Equal(t, "1,042 codes left", en.Text("x.left", "n", 1042))
	require.Equal(t, "-1,042", en.Number(-1042))
	require.Equal(t, "1 code left", en.Text("x.left", "n", int64(1)))
	for want, n := range map[string]any{
		"-9\u00a0223\u00a0372\u00a0036\u00a0854\u00a0775\u00a0808 kodów": int64(math.MinInt64), "-1 kod": -1, "-1\u00a0000\u00a0003 kody": int64(-1000003), "1\u00a0000\u00a0001 kodów": 1000001,
	} {
		require.Equal(t, want, pl.Text("x.left", "n", n))
	}
	require.Equal(t, []string{"1 kod", "3 kody", "5 kodów", "1042 kody", "12\u00a0345 kodów"},
		[]string{pl.Text("x.left", "n", 1), pl.Text("x.left", "n", 3), pl.Text("x.left", "n", 5), pl.Text("x.left", "n", 1042), pl.Text("x.left", "n", 12345)})
	require.Equal(t, "x.none", en.Text("x.none"), "the key shows what is missing")
	require.Equal(t, "Ada changed ….", en.Text("x.who", "who", "Ada"))
	require.Equal(t, "Ada changed Name and Roles.", en.Text("x.who", "who", "Ada", "what", []messages.Text{messages.New("common.name"), messages.New("common.roles")}))
	require.Equal(t, "\u2068Ada\u2069 غيّر 2 days.", ar.Text("x.who", "who", "Ada", "what", 48*time.Hour), "data has a direction of its own")
	require.Equal(t, "\u2068a.b\u2069 غيّر \u2068\u202ec\u2069.", ar.Text("x.who", "who", "a\u2069.\u2067b", "what", "\u202ec"), "and cannot leave it")
	require.True(t, ar.RTL)
	require.Equal(t, "rtl ltr", ar.Dir()+" "+en.Dir())

	require.Equal(t, template.HTML(`You use <b><bdi>&lt;i&gt;Acme</bdi></b>. No password yet? <a href="/k7/forgot?a&amp;b">Set one</a>.`),
		en.HTML("x.sso", "sso", "<i>Acme", "a", "/k7/forgot?a&b"))
	for _, link := range []string{"javascript:alert(1)", "//evil.example", `/\evil.example`, "data:text/html,x", "", " javascript:x"} {
		require.Contains(t, en.HTML("x.sso", "sso", "x", "a", link), `<a href="#">`, link)
	}
	require.Equal(t, template.HTML("<bdi>\uFFFD</bdi> changed …."), en.HTML("x.who", "who", "\x00"))
	require.Equal(t, template.HTML("<bdi>a</bdi> changed <i>b</i>."), en.HTML("x.who", "who", "a", "what", template.HTML("<i>b</i>")))
}

func TestDatesAndLists(t *testing.T) {
	en := messages.English()
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.FixedZone("", 3600))
	for form, want := range map[messages.DateForm]string{
		messages.Moment: "2 Jan 2026, 14:04 UTC", messages.Full: "Friday, 2 January 2026, 14:04:05 UTC", messages.DayAt: "2 January 2026 at 14:04 UTC",
		messages.Day: "2 January 2026", messages.ShortDay: "2 Jan 2026", messages.Clock: "14:04 UTC",
	} {
		require.Equal(t, want, en.Date(messages.Date{At: at, Form: form}))
	}
	for want, d := range map[string]time.Duration{
		"less than a second": 1, "0 seconds": 0, "1 second": time.Second, "59 seconds": 59 * time.Second,
		"1 hour": time.Hour, "47 hours": 47 * time.Hour, "2 days": 48 * time.Hour,
	} {
		require.Equal(t, want, en.Span(d))
	}
	require.Equal(t, []string{"none", "a", "a and b", "a, b and c"}, []string{en.List(nil), en.List([]string{"a"}), en.List([]string{"a", "b"}), en.List([]string{"a", "b", "c"})})
}

func TestWhatIsNotSaidInALanguage(t *testing.T) {
	in := messages.Pseudo()
	text := in.Text("letters.invitation.what", "by", "Ada", "office", messages.New("common.mail")) + " Hello. " + in.Date(messages.On(time.Unix(0, 0)))
	require.Equal(t, "Ada⟦ has invited you to the ⟧⟦Mail⟧⟦.⟧ Hello. 1⟦ ⟧⟦January⟧⟦ ⟧1970", text)
	require.Equal(t, []string{"Ada", "Hello. 1"}, messages.Unsaid(text))
	require.Equal(t, "1,042", in.Number(1042))
}

func TestTextsAreSortedAsPeopleExpect(t *testing.T) {
	texts := []string{"Zebra", "über", "Übung", "apfel", "Äpfel", "Apfel", "ñandú", "nube", "nada", "écrire", "eau"}
	slices.SortFunc(texts, messages.English().Compare)
	require.Equal(t, []string{"Apfel", "apfel", "Äpfel", "eau", "écrire", "nada", "ñandú", "nube", "über", "Übung", "Zebra"}, texts)
}
