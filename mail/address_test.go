package mail_test

import (
	netmail "net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/mail"
)

func TestParseEmailAddress(t *testing.T) {
	local64 := strings.Repeat("a", 64)
	label63 := strings.Repeat("b", 63)
	domain189 := strings.Join([]string{label63, label63, strings.Repeat("b", 61)}, ".")
	const ada = "ada@example.com"
	for _, test := range []struct{ name, input, want string }{
		{"a plain address stays", ada, ada},
		{"the domain becomes lower case, the rest stays", "Ada.L@Example.COM", "Ada.L@example.com"},
		{"every atom character is allowed", "!#$%&'*+-/?=^_`{|}~@example.com", "!#$%&'*+-/?=^_`{|}~@example.com"},
		{"a tag is kept", "ada+office@example.com", "ada+office@example.com"},
		{"localhost needs no dot", "root@LocalHost", "root@localhost"},
		{"the longest allowed", local64 + "@" + domain189, local64 + "@" + domain189},
		// What copying and other keyboards add.
		{"spaces", "  ada@example.com ", ada},
		{"a line end", "ada@example.com\r\n", ada},
		{"a tab", "\tada@example.com\t", ada},
		{"a no-break space", "\u00a0ada@example.com\u00a0", ada},
		{"a zero-width space inside", "ada@\u200bexample.com", ada},
		{"a byte order mark", "\ufeffada@example.com", ada},
		{"a word joiner", "ada\u2060@example.com", ada},
		{"soft hyphens", "ada@exam\u00adple.com", ada},
		{"joiners among ASCII letters", "ada\u200c@example\u200d.com", ada},
		{"marks of the direction around it", "\u202aada@example.com\u202c", ada},
		{"a right-to-left mark at the end", "ada@example.com\u200f", ada},
		{"mailto:", "mailto:ada@example.com", ada},
		{"MAILTO: with a subject", "MAILTO:ada@example.com?subject=Hello%20there", ada},
		{"mailto:// and percent signs", "mailto://ada%40example.com", ada},
		{"a mailto: in angle brackets", "<mailto:ada@example.com>", ada},
		{"a dot at the end of a sentence", "ada@example.com.", ada},
		{"a comma", "ada@example.com,", ada},
		{"a semicolon and a space", "ada@example.com; ", ada},
		{"a colon", "ada@example.com:", ada},
		{"angle brackets", "<ada@example.com>", ada},
		{"quotation marks", `"ada@example.com"`, ada},
		{"typographic quotation marks", "“ada@example.com”", ada},
		{"German quotation marks", "„ada@example.com“", ada},
		{"guillemets and spaces", "« ada@example.com »", ada},
		{"single quotation marks", "'ada@example.com'", ada},
		{"brackets and a full stop", "(ada@example.com).", ada},
		{"a name", "Ada Lovelace <ada@example.com>", ada},
		{"a name in quotation marks", `"Lovelace, Ada" <ada@example.com>;`, ada},
		{"a full-width at sign and dot", "ada＠example．com", ada},
		{"an ideographic full stop", "ada@example。com", ada},
		{"full-width letters", "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ", ada},
		{"an ideographic space", "\u3000ada@example.com\u3000", ada},
		{"the address as its own name", "ada@example.com <Ada@example.com>", ada},
		{"the address twice", "ada@example.com, ada@example.com", ada},
		{"a chat", "<mailto:ada@example.com|ada@example.com>", ada},
		{"Markdown", "[ada@example.com](mailto:ada@example.com)", ada},
		{"a label", "E-mail: ada@example.com", ada},
		{"a label and a name", "To: Ada <ada@example.com>", ada},
		{"a full-width colon", "メール： ada@example.com", ada},
		{"an exclamation mark", "ada@example.com!", ada},
		{"single German quotation marks", "‚ada@example.com‘", ada},
		{"code", "`ada@example.com`", ada},
		{"bold", "*ada@example.com*", ada},
		{"italics", "_ada@example.com_", ada},
		{"a non-breaking hyphen", "ada\u2011l@my\u2011host.example", "ada-l@my-host.example"},
		{"an en dash", "ada@my–host.example", "ada@my-host.example"},
		{"an apostrophe of a phone", "o’brien@example.com", "o'brien@example.com"},
		// International domains.
		{"its ASCII form", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"},
		{"an umlaut", "ada@bücher.example", "ada@xn--bcher-kva.example"},
		{"an umlaut in two characters", "ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"},
		{"upper case", "Ada@BÜCHER.Example", "Ada@xn--bcher-kva.example"},
		{"a sharp s, as IDNA 2008 has it", "ada@straße.example", "ada@xn--strae-oqa.example"},
		{"Japanese", "ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"},
		{"Arabic, from right to left", "ada@مثال.إختبار", "ada@xn--mgbh0fb.xn--kgbechtv"},
		{"Persian with the joiner that belongs there", "ada@نامه\u200cای.example", "ada@xn--mgba3gch31f060k.example"},
		{"Cyrillic letters stay apart from Latin ones", "ada@еxample.com", "ada@xn--xample-2of.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := mail.ParseEmailAddress(test.input)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
			require.Equal(t, strings.ToLower(test.want), mail.FoldEmailAddress(test.input), "and it is found as it was typed")
		})
	}
	const (
		enter, one, onlyOne = "Enter an email address.", "Enter one email address only.", "Enter only one email address, without a name."
		noAt, at, twoAt     = "with an “@”, like", "with “@” and dots", "only one “@”"
		noDot, noDomain, ip = "needs a dot", "not a domain that can exist", "not an IP address"
		letters, impossible = "only letters from a to z", "not possible before the “@”"
		dotBefore, dotAfter = "Before the “@”, a dot", "After the “@”, a dot"
		quotes, spaces      = "quotation marks, brackets or comments", "no spaces"
		control, unseen     = "control character or a line break", "invisible character inside"
	)
	for _, test := range []struct{ name, input, why string }{
		{"empty", "", enter},
		{"spaces only", " \u200b ", enter},
		{"no at sign", "ada", noAt},
		{"a web address", "https://example.com/ada", noAt},
		{"an address spelled out", "ada at example dot com", at},
		{"another way to spell it out", "ada(at)example.com", at},
		{"nothing before the at sign", "@example.com", "missing before"},
		{"nothing after the at sign", "ada@", "missing after"},
		{"two at signs", "ada@evil.example@example.com", twoAt},
		{"a doubled at sign", "ada@@example.com", twoAt},
		{"a name that could be taken for the address", "boss@example.com <eve@example.com>", onlyOne},
		{"the same with a full-width at sign", "boss＠example.com <eve@example.com>", onlyOne},
		{"two with names", "Ada <ada@example.com>, Eve <eve@example.com>", onlyOne},
		{"the same with a label", "To: boss@example.com <eve@example.com>", onlyOne},
		{"another domain for the same", "ada@example.com <ada@example.org>", onlyOne},
		{"a chat with another text", "<mailto:ada@example.com|eve@example.com>", twoAt},
		{"a domain that was cut", "ada@example.c…", noDomain},
		{"a bracket that is not closed", "Ada <ada@example.com", onlyOne},
		{"a text after the address", "<ada@example.com> Ada", onlyOne},
		{"a name without brackets", "Ada ada@example.com", spaces},
		{"two addresses", "ada@example.com,eve@example.com", one},
		{"two addresses by semicolon", "ada@example.com;eve@example.com", one},
		{"two addresses by a space", "ada@example.com eve@example.com", one},
		{"two addresses by a line end", "ada@example.com\neve@example.com", control},
		{"a comma for a dot", "ada@example,com", "commas or semicolons"},
		{"a space inside", "ada lovelace@example.com", spaces},
		{"a space after the at sign", "ada@ example.com", spaces},
		{"a space after a dot, as phones add", "ada@example. com", spaces},
		{"a comment", "ada(x)@example.com", quotes},
		{"a quoted local part", `"ada.lovelace"@example.com`, quotes},
		{"a route", "@relay.example:ada@example.com", twoAt},
		{"an address literal", "ada@[192.0.2.1]", quotes},
		{"a bare IP address", "ada@192.0.2.1", ip},
		{"CR LF and a header", "ada@example.com\r\nBcc: eve@example.com", control},
		{"a label after a line end", "ada\r\nBcc: eve@example.com", control},
		{"NUL", "ada\x00@example.com", control},
		{"DEL", "ada\x7f@example.com", control},
		{"an override of the direction inside", "ada\u202e@example.com", unseen},
		{"a right-to-left mark inside", "ada@\u200fexample.com", unseen},
		{"an international local part", "jürgen@example.com", letters},
		{"a look-alike", "аda@example.com", letters},
		{"the Kelvin sign", "\u212aate@example.com", letters},
		{"invalid UTF-8", "ada\xff@example.com", "damaged"},
		{"a dot first", ".ada@example.com", dotBefore},
		{"a dot last", "ada.@example.com", dotBefore},
		{"two dots", "ada..l@example.com", dotBefore},
		{"an empty label", "ada@example..com", dotAfter},
		{"a dot after the at sign", "ada@.example.com", dotAfter},
		{"no dot", "bob@example", noDot},
		{"a hyphen first in a label", "ada@-example.com", noDomain},
		{"a hyphen last in a label", "ada@example-.com", noDomain},
		{"an underscore in the domain", "ada@exa_mple.com", noDomain},
		{"a slash in the domain", "ada@example.com/x", noDomain},
		{"punycode that decodes to nothing", "ada@xn--a.example", noDomain},
		{"a joiner that belongs nowhere", "ada@bü\u200dcher.example", noDomain},
		{"letters of two directions in one label", "ada@abcמבחן.example", noDomain},
		{"a local part of 65", local64 + "a@example.com", "64 characters"},
		{"a label of 64", "ada@" + label63 + "b.com", noDomain},
		{"an address of 255", local64 + "@" + domain189 + "b", "254 characters"},
		{"a page of text", strings.Repeat("ada ", 1000), "254 characters"},
		{"an encoded word", "=?utf-8?q?eve=40evil.example=3e=20?=@example.com", "no “=?”"},
		{"SMTP parameters", "ada@example.com> SIZE=1", spaces},
		{"percent routing to another host", "eve%evil.example%0a@exa mple.com", spaces},
		{"a colon", "ada:l@example.com", impossible},
	} {
		t.Run("refuses "+test.name, func(t *testing.T) {
			got, err := mail.ParseEmailAddress(test.input)
			refused := (*mail.AddressError)(nil)
			require.ErrorAs(t, err, &refused)
			require.Contains(t, refused.Text, test.why)
			require.Empty(t, got)
			if len(test.input) > 2 {
				require.NotContains(t, err.Error(), test.input, "errors do not repeat the address")
			}
		})
	}
}

func TestFoldEmailAddress(t *testing.T) {
	require.Equal(t, "ada@example.com", mail.FoldEmailAddress(" ADA@Example.com "))
	require.Equal(t, "\u212aate@example.com", mail.FoldEmailAddress("\u212aATE@example.com"), "no letter folds onto an ASCII one")
	require.Equal(t, "İ@example.com", mail.FoldEmailAddress("İ@example.com"))
}

func FuzzParseEmailAddress(f *testing.F) {
	for _, seed := range []string{"ada@example.com", "Ada <a@b>", "a@b\r\nBcc: c@d", `"a b"@c`, "ä@ö", "a@1", strings.Repeat("a", 65) + "@b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		got, err := mail.ParseEmailAddress(input)
		if err != nil {
			require.Empty(t, got)
			return
		}
		again, err := mail.ParseEmailAddress(got)
		require.NoError(t, err)
		require.Equal(t, got, again, "the canonical spelling is its own")
		require.Equal(t, mail.FoldEmailAddress(input), mail.FoldEmailAddress(got), "stored and typed spelling are found under one key")

		// A stricter parser never accepts what the standard one reads otherwise.
		standard, err := netmail.ParseAddress(got)
		require.NoError(t, err)
		require.Equal(t, got, standard.Address)
		require.Empty(t, standard.Name)
		require.NotContains(t, got, "\r")
		require.NotContains(t, got, "\n")
	})
}
