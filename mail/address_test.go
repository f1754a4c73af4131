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
	for _, test := range []struct{ name, input, want string }{
		{"a plain address stays", "ada@example.com", "ada@example.com"},
		{"the domain becomes lower case, the rest stays", "Ada.L@Example.COM", "Ada.L@example.com"},
		{"spaces from pasting go", "  ada@example.com ", "ada@example.com"},
		{"every atom character is allowed", "!#$%&'*+-/?=^_`{|}~@example.com", "!#$%&'*+-/?=^_`{|}~@example.com"},
		{"a tag is kept", "ada+office@example.com", "ada+office@example.com"},
		{"an international domain in its ASCII form", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"},
		{"one label, for in-house servers", "root@localhost", "root@localhost"},
		{"the longest allowed", local64 + "@" + domain189, local64 + "@" + domain189},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := mail.ParseEmailAddress(test.input)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
	for name, input := range map[string]string{
		"empty":                           "",
		"spaces only":                     "  ",
		"no at sign":                      "ada",
		"nothing before the at sign":      "@example.com",
		"nothing after the at sign":       "ada@",
		"two at signs":                    "ada@evil.example@example.com",
		"a display name":                  "Ada <ada@example.com>",
		"angle brackets":                  "<ada@example.com>",
		"two addresses":                   "ada@example.com,eve@example.com",
		"two addresses by semicolon":      "ada@example.com;eve@example.com",
		"a space inside":                  "ada lovelace@example.com",
		"a space after the at sign":       "ada@ example.com",
		"a comment":                       "ada(x)@example.com",
		"a quoted local part":             `"ada lovelace"@example.com`,
		"a route":                         "@relay.example:ada@example.com",
		"an address literal":              "ada@[192.0.2.1]",
		"a bare IP address":               "ada@192.0.2.1",
		"CR LF and a header":              "ada@example.com\r\nBcc: eve@example.com",
		"LF only":                         "ada@example.com\n",
		"a tab":                           "ada@example.com\t",
		"NUL":                             "ada\x00@example.com",
		"DEL":                             "ada\x7f@example.com",
		"an international domain":         "ada@bücher.example",
		"an international local part":     "ädа@example.com",
		"a look-alike":                    "аda@example.com",
		"the Kelvin sign":                 "\u212aate@example.com",
		"a full-width at sign":            "ada＠example.com",
		"invalid UTF-8":                   "ada\xff@example.com",
		"a dot first":                     ".ada@example.com",
		"a dot last":                      "ada.@example.com",
		"two dots":                        "ada..l@example.com",
		"an empty label":                  "ada@example..com",
		"a dot at the end of the domain":  "ada@example.com.",
		"a hyphen first in a label":       "ada@-example.com",
		"a hyphen last in a label":        "ada@example-.com",
		"an underscore in the domain":     "ada@exa_mple.com",
		"a local part of 65":              local64 + "a@example.com",
		"a label of 64":                   "ada@" + label63 + "b.com",
		"an address of 255":               local64 + "@" + domain189 + "b",
		"an encoded word":                 "=?utf-8?q?eve=40evil.example=3e=20?=@example.com",
		"SMTP parameters":                 "ada@example.com> SIZE=1",
		"percent routing to another host": "eve@evil.example%0a@exa mple.com",
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			got, err := mail.ParseEmailAddress(input)
			require.Error(t, err)
			require.Empty(t, got)
			if len(input) > 2 {
				require.NotContains(t, err.Error(), input, "errors do not repeat the address")
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
