package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"

	"github.com/postern-go/postern/internal/desk"
)

// invisible are characters that show nothing, one of each kind that has been used to
// make a name that looks like another one.
var invisible = map[string]rune{
	"variation selector": '\uFE0F', "text selector": '\uFE0E', "grapheme joiner": '\u034F', "empty Braille pattern": '\u2800', "Hangul filler": '\u3164',
	"Hangul choseong filler": '\u115F', "Hangul jungseong filler": '\u1160', "halfwidth Hangul filler": '\uFFA0', "Khmer inherent aq": '\u17B4', "Khmer inherent aa": '\u17B5',
	"Mongolian selector": '\u180B', "Mongolian vowel separator": '\u180E', "Mongolian fourth selector": '\u180F', "zero width space": '\u200B', "non-joiner": '\u200C', "joiner": '\u200D',
	"left-to-right mark": '\u200E', "right-to-left mark": '\u200F', "Arabic letter mark": '\u061C', "override": '\u202E', "isolate": '\u2066', "word joiner": '\u2060',
	"invisible plus": '\u2064', "unassigned ignorable": '\u2065', "shaping": '\u206A', "byte order mark": '\uFEFF', "language tag": '\U000E0001', "tag": '\U000E0061', "last selector": '\U000E01EF',
	"soft hyphen": '\u00AD', "null notehead": '\U0001D159', "begin beam": '\U0001D173', "interlinear anchor": '\uFFF9', "Khitan filler": '\U00016FE4', "shorthand overlap": '\U0001BCA0',
}

func TestInvisibleCharactersMakeNoOtherName(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Person("Ben", desk.RoleModerator)
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	id, v := o.Identity(ada.Token), home
	for what, r := range invisible {
		for _, look := range []string{"Be" + string(r) + "n", string(r) + "Ben", "Ben" + string(r), "Ben " + string(r)} {
			require.Equal(t, "ben", desk.NameKey(look), what)
			require.Equal(t, "ben", desk.SearchKey(look), what)
			require.ErrorAs(t, o.Rename(ctx, home, id, look), new(*desk.InvalidError), what)
			p, err := o.signIn(v, look, good)
			v.Browsers = p.Browsers // a stranger could not try so often
			require.NoError(t, err, "Ben is found under any name that reads as Ben: %s", what)
		}
		requireProblem(t, o.Rename(ctx, home, id, strings.Repeat(string(r), 3)), "name", "required")
	}
	requireProblem(t, o.Rename(ctx, home, id, "\u0301"), "name", "required")
	requireProblem(t, o.Rename(ctx, home, id, "Be\u200Cn"), "name", "taken")
}

func TestNamesAsPeopleWriteThem(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	for _, c := range []struct{ what, name, want string }{
		{"an accent", "José", "José"}, {"an accent, decomposed", "Jose\u0301", "José"}, {"Vietnamese", "Nguyễn Văn Đạt", "Nguyễn Văn Đạt"},
		{"an apostrophe", "Máire O’Brien", "Máire O’Brien"}, {"a hyphen", "Jean-Luc", "Jean-Luc"}, {"Catalan", "Gal·la", "Gal·la"}, {"brackets", "Ada (Oslo)", "Ada (Oslo)"},
		{"Persian", "علی\u200cرضا", "علی\u200cرضا"}, {"Persian, with a non-joiner that shows nothing", "امیر\u200Cحسین", "امیرحسین"},
		{"Malayalam", "ശ്രീജിത്ത്", "ശ്രീജിത്ത്"}, {"Malayalam with a joiner", "അനില്\u200D", "അനില്\u200D"}, {"Hindi with a joiner", "क्\u200Dष", "क्\u200Dष"}, {"Hindi with a non-joiner", "क्\u200Cष", "क्\u200Cष"},
		{"Sinhala", "ශ්\u200Dරී", "ශ්\u200Dරී"}, {"a joiner between Latin letters", "Gra\u200Dce", "Grace"},
		{"Japanese, of three scripts", "山田タローの", "山田タローの"}, {"Japanese with Latin", "Taro山田", "Taro山田"}, {"a full-width space", "山田　太郎", "山田 太郎"}, {"Korean", "김철수", "김철수"}, {"Korean, decomposed", norm.NFD.String("김철수"), "김철수"},
		{"Russian", "Анна Ёлкина", "Анна Ёлкина"}, {"Greek", "Σίσυφος", "Σίσυφος"}, {"Hebrew", "דָּוִד", norm.NFC.String("דָּוִד")}, {"Arabic", "محمد", "محمد"}, {"two alphabets in two words", "Анна Smith", "Анна Smith"},
		{"an emoji", "Zoë 🦊", "Zoë 🦊"}, {"a heart with its selector", "Zoë ❤\uFE0F", "Zoë ❤\uFE0F"}, {"a family", "👩\u200D👩\u200D👧", "👩\u200D👩\u200D👧"}, {"a profession with a skin tone", "👩🏽\u200D⚕\uFE0F", "👩🏽\u200D⚕\uFE0F"},
		{"a rainbow flag", "🏳\uFE0F\u200D🌈", "🏳\uFE0F\u200D🌈"}, {"a flag", "🇳🇴", "🇳🇴"}, {"the flag of Wales", "🏴\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F", "🏴\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F"},
		{"Japanese with the shape of an ideograph", "渡邉\U000E0102", "渡邉\U000E0102"}, {"Mongolian", "ᠰᠠᠷᠠ\u180Eᠠ", "ᠰᠠᠷᠠ\u180Eᠠ"},
		{"a key cap", "1\uFE0F\u20E3", "1\uFE0F\u20E3"}, {"an exclamation", "Wow‼\uFE0F", "Wow‼\uFE0F"},
	} {
		t.Run(c.what, func(t *testing.T) {
			require.NoError(t, o.Rename(ctx, home, o.Identity(ada.Token), c.name))
			require.Equal(t, c.want, o.Find(op.ID).Name)
			require.Equal(t, c.want, desk.OneLine(c.want, 512), "and so the audit has it")
			require.Equal(t, c.want, o.Last().Detail["after"])
			for _, form := range []norm.Form{norm.NFC, norm.NFD, norm.NFKC, norm.NFKD} {
				_, err := o.Login(strings.ToUpper(form.String(c.name)), good)
				require.NoError(t, err, "in any form and case")
			}
		})
	}
}

func TestNamesThatAreRefused(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	id := o.Identity(ada.Token)
	for code, names := range map[string][]string{
		"not_text": {
			"Ada\x00", "Ada\x1b[0m", "Ada\u202E", "A\u2066da", "Ada\u200E", "A\u00ADda", "A\u200Bda", "Ada\uFFFD", "Ada\uFFFC", "Ada\xff", "Ada\xed\xa0\x80", "Ada\uE000", "Ada\U000F0000", "Ada\uFFFE", "Ada\u0378",
			"O´Brien", "O`Brien", "d\u0335ana", "Ada \u0301da", "\u0BC8Ada", "A\u180Bda", "A\U000E0100da", "A\uFE0Fda", "❤\uFE0F\uFE0F", "🏴\U000E0067\U000E0062", "🦊\U000E0067\U000E0062\U000E0065\U000E007F", "A\U000E0067da", "Ada 1\uFE0F", "مح\u0640مد",
		},
		"at_sign":  {"ada@example.org", "ada＠example.org", "ada﹫example.org"},
		"mixed":    {"Аda", "Adа", "Αda", "Αнна", "Ꭺda", "Jonаs Smith", "ꓮda"},
		"too_long": {strings.Repeat("a", 65), strings.Repeat("ﷺ", 64)},
		"reserved": {"System", "the office", "The  Office", "OFFICE", "Command line", "command-line", "Command_Line", "Ｓｙｓｔｅｍ", "sys tem", "“system”", "Postern", "Someone", "Someone unknown", "nobody", o.Name(), strings.ToUpper(o.Name()), "THE OFFİCE"},
		"required": {"", "  ", "\u3164", "\u2800 \u200B"},
	} {
		for _, name := range names {
			err := o.Rename(ctx, home, id, name)
			var bad *desk.InvalidError
			require.ErrorAs(t, err, &bad, "%q", name)
			requireProblem(t, err, "name", code)
		}
	}
	require.Equal(t, "Ada", o.Find(op.ID).Name)
	for name, why := range map[string]string{"Ada\x1b[0m": "has a control character (U+001B)", "Ada\u202E": "has an invisible character (U+202E)", "Ada\xff": "damaged characters", "Ada\uE000": "cannot be shown (U+E000)"} {
		require.ErrorContains(t, o.Rename(ctx, home, id, name), "This text ")
		require.ErrorContains(t, o.Rename(ctx, home, id, name), why)
	}
}

func TestALookAlikeIsTheSameName(t *testing.T) {
	for name, other := range map[string]string{
		"ada": "Аԁа", "oscar": "OSCAR", "cocoa": "сосоа", "straße": "STRASSE", "ΣΊΣΥΦΟΣ": "Σίσυφος", "ibrahim": "İBRAHİM", "ışık": "IŞIK", "i\u0307an": "Ian",
		"fiona": "ﬁona", "ada 1": "Ａｄａ　①", "é": "e\u0301", "👩👧": "👩\u200D👧", "❤": "❤\uFE0F", "علیرضا": "علی\u200cرضا",
		"O'Brien": "O’Brien", "Ka'iulani": "Kaʻiulani", "Jean-Luc": "Jean–Luc", "Ann-Marie": "Ann‑Marie", `"Ada"`: "“Ada”", "Ann": "ᴀɴɴ", "george": "ɡeorɡe", "the office": "ᴛʜᴇ ᴏꜰꜰɪᴄᴇ", "Dragan": "Drɑgan",
		"علی": "علي", "اکبر": "اكبر", "هٔ": "ۀ", "Ali ۴": "Ali ٤", "നൻ": "നന്\u200D", "അനിൽ": "അനില്\u200D", "น้ำ": "นํ้า", "แก้ว": "เเก้ว", "カルロ": "力ル口", "ヘレン": "へレン",
	} {
		require.Equal(t, desk.NameKey(name), desk.NameKey(other), "%q and %q", name, other)
	}
	for name, other := range map[string]string{"Jose": "José", "Anna": "Анна", "Ada": "Ada 1", "Ada L": "AdaL", "👍": "👍🏽", "Ο": "Σ"} {
		require.NotEqual(t, desk.NameKey(name), desk.NameKey(other), "%q and %q", name, other)
	}
	require.Less(t, desk.NameKey("Аня"), desk.NameKey("Борис"), "names of an alphabet keep their order")
}

// requireNameKey holds for any text.
func requireNameKey(t *testing.T, s string) {
	key := desk.NameKey(s)
	require.Equal(t, key, desk.NameKey(key), "%q: folding twice is folding once", s)
	require.NotContains(t, key, "  ")
	for _, r := range key {
		require.False(t, unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector), "%q", s)
	}
	if !utf8.ValidString(s) {
		return
	}
	for _, same := range []string{norm.NFC.String(s), norm.NFD.String(s), norm.NFKC.String(s), norm.NFKD.String(s), strings.ToLower(s), strings.ToUpper(s), " " + s + "\u200B"} {
		require.Equal(t, key, desk.NameKey(same), "%q and %q", s, same)
	}
	if nickname, err := precis.Nickname.CompareKey(s); err == nil {
		require.Equal(t, key, desk.NameKey(nickname), "%q: what RFC 8266 calls the same name is the same", s)
	}
}

func TestEveryCharacterHasOneForm(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.S, unicode.P, unicode.Z, unicode.Cf) && !unicode.In(r, unicode.Han, unicode.Hangul) {
			key := desk.NameKey("x" + string(r))
			if key != desk.NameKey(key) || key != desk.NameKey("X"+strings.ToUpper(string(r))) || key != desk.NameKey(norm.NFKD.String("x"+string(r))) {
				requireNameKey(t, "x"+string(r))
				require.Fail(t, fmt.Sprintf("%U", r))
			}
		}
	}
}

func FuzzNameKey(f *testing.F) {
	for _, s := range []string{"Ada", "Аԁа", "Jose\u0301", "i\u0307\u0323", "İ", "ǅ", "ﷺ", "\u0345\u1e9e", "a\u0327\u0301 b", "ᾼ", "ﾞｶ", "\u1160\u11a8", "´x", "ϓ", "ᴀ’ɡ", "นํ้า", "ۀ"} {
		f.Add(s)
	}
	f.Fuzz(requireNameKey)
}

func TestDirectionAndFormatAreReplacedInTheAudit(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.In(r, unicode.Bidi_Control, unicode.Cf, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			continue
		}
		if got := desk.OneLine("paid"+string(r)+"to Eve", 64); got != "paid\uFFFDto Eve" {
			require.Fail(t, fmt.Sprintf("%U stays: %q", r, got))
		}
	}
	for _, s := range []string{"a\u202Eb", "\u200D", "❤\uFE0F\u202E", "🦊\U000E0061\U000E007F", "1\uFE0F"} {
		require.Contains(t, desk.OneLine(s, 64), "\uFFFD", "%q", s)
	}
	require.Equal(t, "é", desk.OneLine("éé", 3), "cut between characters")
}
