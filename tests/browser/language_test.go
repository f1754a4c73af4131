package browser_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/smtpsink"
)

// language is that of the offices. Tests read and press in English all the same: what a page or
// a letter says is looked up in the catalogue, and compared by what it means.
var language = flag.String("language", "en", `have the missions' offices in this language, such as "de"`)

// phrase is a message, or one plural form of it, as the office says it.
type phrase struct {
	key, english string
	// args are the names of its arguments, in the order in which they are said.
	args []string
	// sure is the longest text that it has, whatever its arguments are.
	sure string
	// whole matches it alone, within as a part of a text.
	whole, within *regexp.Regexp
	// n is the number that its plural form is for, if that has no argument for it.
	n string
	// differs reports that it is not the same in English.
	differs bool
}

var (
	hole   = regexp.MustCompile(`\{[^}]*\}`)
	markup = regexp.MustCompile(`</?[a-z0-9]+>`)
	spaces = regexp.MustCompile(`\s+`)
	// tag stands for a tag, which may begin another line.
	tag = "\x00"
	// controls isolate what is written in another direction.
	controls = regexp.MustCompile("[\u200e\u200f\u2066-\u2069]")
)

// phrases are the messages of the language and what they are in English; spoken is the other way
// round. Those that everything uses stand first.
var (
	phrases = sync.OnceValue(func() []phrase { return compile(*language, "en") })
	spoken  = sync.OnceValue(func() []phrase { return compile("en", *language) })
)

func compile(from, to string) (all []phrase) {
	meaning := written(to)
	for key, forms := range written(from) {
		for form, text := range forms {
			english := meaning[key]
			if english == nil {
				english = forms // what is missing is said in English
			}
			p, ok := newPhrase(text)
			if !ok {
				continue
			}
			p.key, p.english = key, english["other"]
			if one := english["one"]; one != "" && form == "one" {
				p.english = one
			}
			p.n = map[string]string{"zero": "0", "one": "1", "two": "2"}[form]
			p.differs = !slices.ContainsFunc([]string{p.english, english["one"]}, func(e string) bool { return plain(e) == plain(text) })
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b phrase) int {
		common := func(p phrase) bool { return strings.HasPrefix(p.key, "common.") }
		switch {
		case common(a) != common(b) && common(a):
			return -1
		case common(a) != common(b):
			return 1
		}
		return cmp.Or(cmp.Compare(len(b.sure), len(a.sure)), strings.Compare(a.key+a.n, b.key+b.n))
	})
	return all
}

// written are the messages of a language by their plural forms; what has none has "other".
func written(tag string) map[string]map[string]string {
	all := map[string]map[string]string{}
	files, err := filepath.Glob(filepath.Join("../../internal/messages/languages", tag, "*.json"))
	if err != nil || len(files) == 0 {
		panic(fmt.Sprintf("there are no messages in %q: %v", tag, err))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		var values map[string]json.RawMessage
		if err := json.Unmarshal(text, &values); err != nil {
			panic(file + ": " + err.Error())
		}
		for key, value := range values {
			var one string
			forms := map[string]string{}
			if json.Unmarshal(value, &one) == nil {
				forms["other"] = one
			} else if err := json.Unmarshal(value, &forms); err != nil {
				panic(file + ": " + key + ": " + err.Error())
			}
			all[key] = forms
		}
	}
	return all
}

// plain is a text without tags and invisible characters.
func plain(text string) string {
	return strings.TrimSpace(spaces.ReplaceAllString(controls.ReplaceAllString(markup.ReplaceAllString(text, ""), ""), " "))
}

// newPhrase reports false for what consists of arguments, which anything matches.
func newPhrase(text string) (phrase, bool) {
	var p phrase
	text = plain(markup.ReplaceAllString(text, tag))
	letters := 0
	var b strings.Builder
	texts, holes := hole.Split(text, -1), hole.FindAllString(text, -1)
	for i, t := range texts {
		b.WriteString(strings.NewReplacer(" ", `\s+`, tag, `\s*`).Replace(regexp.QuoteMeta(t)))
		for piece := range strings.SplitSeq(t, tag) {
			if piece = strings.TrimSpace(piece); len(piece) > len(p.sure) {
				p.sure = piece
			}
		}
		for _, r := range t {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		if i < len(holes) {
			p.args = append(p.args, strings.Trim(holes[i], "{}"))
			b.WriteString(`(.*?)`)
		}
	}
	if letters < 2 {
		return p, false
	}
	p.whole = regexp.MustCompile(`(?s)^` + b.String() + `$`)
	begin, end := `(?:^|[^\pL\pN])`, `(?:$|[^\pL\pN])`
	text = strings.ReplaceAll(text, tag, "")
	if strings.HasPrefix(text, "{") {
		begin = `^\s*`
	}
	if strings.HasSuffix(text, "}") {
		end = `\s*$`
	}
	p.within = regexp.MustCompile(`(?m)` + begin + b.String() + end)
	return p, true
}

// lowered is a text as it is written in the middle of a line, and capitals are texts as they begin
// one.
func lowered(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToLower(r)) + text[size:]
}

func capitals(texts []string) []string {
	for i, text := range texts {
		r, size := utf8.DecodeRuneInString(text)
		texts[i] = string(unicode.ToUpper(r)) + text[size:]
	}
	return texts
}

// say is what the phrase can say in English with these arguments, which may have several
// meanings.
func (p phrase) say(args []string) []string {
	said, number := []string{p.english}, p.n
	for i, name := range p.args {
		arg := strings.TrimSpace(args[i])
		if name == "n" {
			number = arg
		}
		var next []string
		for _, text := range said {
			for _, arg := range append(whole(arg), arg) {
				next = append(next, strings.ReplaceAll(text, "{"+name+"}", arg))
			}
		}
		said = next[:min(len(next), 50)]
	}
	for i, text := range said {
		said[i] = plain(strings.ReplaceAll(text, "{n}", number))
	}
	return said
}

// whole is all that a text can mean in English; nothing in an English office.
func whole(text string) []string { return wholeIn("", text) }

// wholeIn is whole by the messages of an area.
func wholeIn(area, text string) (english []string) {
	if *language == "en" {
		return nil
	}
	text = plain(text)
	first, _ := utf8.DecodeRuneInString(text)
	caseless := unicode.Is(unicode.Lo, first)
	for _, p := range phrases() {
		if !strings.HasPrefix(p.key, area) {
			continue
		}
		if m := p.whole.FindStringSubmatch(text); m != nil {
			english = append(english, p.say(m[1:])...)
			if caseless {
				english = append(english, capitals(p.say(m[1:]))...)
			}
		} else if m := p.whole.FindStringSubmatch(lowered(text)); m != nil {
			english = append(english, capitals(p.say(m[1:]))...)
		}
	}
	return english
}

// parts is what the parts of a text can mean in English, each on its line.
func parts(text string) (english []string) {
	if *language == "en" {
		return nil
	}
	return find(phrases(), text, func(p phrase, m []string) []string { return p.say(m[1:]) })
}

func find(all []phrase, text string, say func(p phrase, m []string) []string) (found []string) {
	text = controls.ReplaceAllString(strings.NewReplacer("\t", "\n", "\u00a0", " ").Replace(text), "")
	flat := spaces.ReplaceAllString(text, " ")
	for _, p := range all {
		if !strings.Contains(flat, p.sure) {
			continue
		}
		for _, m := range p.within.FindAllStringSubmatch(text, 20) {
			found = append(found, say(p, m)...)
		}
	}
	return found
}

// read is a text, and below it what it means in English.
func read(text string) string {
	return strings.Join(append([]string{text}, parts(text)...), "\n")
}

// leftover are the sentences of a text that the office has in its language, and says in English.
func leftover(text string) []string {
	if *language == "en" {
		return nil
	}
	return find(spoken(), text, func(p phrase, m []string) []string {
		// The office of the example is called a back office.
		if p.differs && strings.Contains(p.sure, " ") && !strings.HasPrefix(p.key, "frame.back_office") {
			return []string{p.key + ": " + m[0]}
		}
		return nil
	})
}

// means reports whether a text says these English words, and nothing else.
func means(text, words string) bool {
	text = plain(text)
	return text == words && !translated(words) || slices.Contains(whole(text), words)
}

// pick is the one of several texts that has these English words, or else begins with them; -1 if
// none does.
func pick(texts []string, words string) int {
	begins := func(text string) bool { return strings.HasPrefix(text, words) }
	for _, has := range []func(text string) bool{
		func(text string) bool { return means(text, words) },
		func(text string) bool { return begins(plain(text)) || slices.ContainsFunc(whole(text), begins) },
		func(text string) bool { return slices.ContainsFunc(parts(text), begins) },
	} {
		if i := slices.IndexFunc(texts, has); i >= 0 {
			return i
		}
	}
	return -1
}

// translated reports whether these English words must not occur in the office.
func translated(words string) bool {
	if *language == "en" {
		return false
	}
	var other, same bool
	for _, p := range spoken() {
		if p.whole.MatchString(words) {
			other, same = other || p.differs, same || !p.differs
		}
	}
	return other && !same
}

// reads is what a part of the page says.
func (p *person) reads(selector string) string {
	p.s.t.Helper()
	return read(p.Text(selector))
}

// isAt reports whether the page has this heading.
func (p *person) isAt(heading string) bool {
	p.s.t.Helper()
	return means(p.Text("h1"), heading)
}

// heading checks that the page has this heading.
func (p *person) heading(want string, because ...any) {
	p.s.t.Helper()
	if text := p.Text("h1"); !means(text, want) {
		require.Equal(p.s.t, want, text, because...)
	}
}

// Open opens an address, and looks at the language of its page.
func (p *person) Open(address string) (status int) {
	p.s.t.Helper()
	status = p.Browser.Open(address)
	if !strings.Contains(address, "#") { // from a one-time link, the page leads on by itself
		p.inLanguage()
	}
	return status
}

// Submit clicks what leads to another page, and looks at the language of that.
func (p *person) Submit(selector string) (status int) {
	p.s.t.Helper()
	status = p.Browser.Submit(selector)
	p.inLanguage()
	return status
}

// inLanguage checks that a page of the office is in the office's language, all of it.
func (p *person) inLanguage() {
	p.s.t.Helper()
	if *language == "en" {
		return
	}
	var page struct {
		Ours            bool
		Lang, Dir, Text string
		Labels          []string
	}
	p.Evaluate(`document.querySelector("link[href*='/static/postern']") ? {ours: true, lang: document.documentElement.lang,
		dir: document.documentElement.dir, text: document.title + "\n" + document.body.innerText,
		labels: [...document.querySelectorAll("[aria-label], [placeholder], [title]")].map(e => e.ariaLabel ?? e.placeholder ?? e.title)} : {}`, &page)
	if !page.Ours {
		return
	}
	require.Equal(p.s.t, *language+" "+messages.Ours().In(*language).Dir(), page.Lang+" "+page.Dir, p.Location())
	for _, said := range leftover(page.Text + "\n" + strings.Join(page.Labels, "\n")) {
		if !known[said] {
			known[said] = true
			p.s.t.Errorf("%s is in English: %s", p.Location(), said)
		}
	}
}

// known is what was reported before.
var known = map[string]bool{}

// inEnglish is a letter with what it means in English below what it says. It must be in the
// office's language.
func inEnglish(t *testing.T, letter smtpsink.Body) smtpsink.Body {
	t.Helper()
	if *language == "en" {
		return letter
	}
	require.Contains(t, letter.HTML, `<html lang="`+*language+`"`, letter.Subject)
	for _, said := range leftover(letter.Subject + "\n" + letter.Text) {
		t.Errorf("the letter %q is in English: %s", letter.Subject, said)
	}
	unwrapped := regexp.MustCompile(`([^\n])\n([^\n])`).ReplaceAllString(letter.Text, "$1 $2")
	letter.Subject, letter.Text = read(letter.Subject), read(letter.Text)+"\n"+strings.Join(parts(unwrapped), "\n")
	return letter
}
