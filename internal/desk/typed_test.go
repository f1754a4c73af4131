package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/totp"
)

// TestCodesAsPeopleTypeThem reads one code, 026835, and one recovery code.
func TestCodesAsPeopleTypeThem(t *testing.T) {
	const code, recovery = "026835", "ABIO-K2PT-HMEX-67NB"
	dashed := func(dash string) string { return strings.ReplaceAll(recovery, "-", dash) }
	for typed, names := range map[string][]string{
		code: {
			// Digits of other scripts.
			"٠٢٦٨٣٥", "۰۲۶۸۳۵", "०२६८३५", "০২৬৮৩৫", "๐๒๖๘๓๕", "０２６８３５", "༠༢༦༨༣༥", "០២៦៨៣៥", "၀၂၆၈၃၅", "𝟎𝟐𝟔𝟖𝟑𝟓", "߀߂߆߈߃߅", "0٢6۸३５",
			"0️⃣2️⃣6️⃣8️⃣3️⃣5️⃣",
			// What stands between them.
			"026 835", " 026835\r\n", "0 2 6 8 3 5", "026\t835", "026\u00a0835", "026\u202f835", "026\u2009835", "０２６\u3000８３５", "026\u2007835",
			"026\u200b835", "\ufeff026835", "026\u2060835", "\u200e026835\u200f", "\u2066026835\u2069", "\u202b۰۲۶\u202c ۸۳۵", "۰۲۶\u200c۸۳۵",
			"026-835", "026\u2010835", "026\u2011835", "026–835", "026—835", "026−835", "026\u00ad835", "０２６－８３５", "026ー835", "026ｰ835", "٠٢٦ـ٨٣٥", "026\u2e3a835",
			"026.835", "026_835", "026,835", "026·835", "026'835", "026/835", "026・835", "026、835", "026٬835", "02-68-35", "02 . 68 . 35",
			// What stands around them.
			"Code: 026835", "026 835 is your code", "Your code is 026-835.", "Code d’authentification : 026835", "(026835)", "“026835”", "<026835>", "#026835", "026835.", "*026835*", "`026 835`",
			"Il codice è 026835, buona giornata", "کد شما ۰۲۶۸۳۵ است", "您的验证码是026835，请勿泄露", "確認コード：０２６８３５", "Ваш код: 026 835", "026835\nExample Office",
			"Meadow (ada@example.org)\n026 835", "Code 1: 026835", "代码2：０２６８３５",
			// Twice.
			"026835026835", "026835 026835", "026 835\n026 835\n", "026835, 026835",
			// Letters in place of digits.
			"O26835", "o26 835", "О26835", "Ο26835",
		},
		"110315": {"IlO315", "l10315", "ıİ0315", "І10315"},
		recovery: {
			strings.ToLower(recovery), dashed(""), dashed(" "), dashed(" - "), dashed("–"), dashed("—"), dashed("−"), dashed("\u2011"), dashed("\u00ad"), dashed("－"),
			dashed("ー"), dashed("_"), dashed("."), dashed("\u00a0"), dashed("\u202f"), dashed("\u3000"), dashed("\u200b"), dashed("\t"), "  " + recovery + "\r\n",
			"\u200f" + recovery, "\u2066" + recovery + "\u2069", "• " + recovery, "- " + recovery, `"` + recovery + `"`, "<" + recovery + ">.", "AB IO K2 PT HM EX 67 NB",
			// Full width, and digits of other scripts.
			"ＡＢＩＯ－Ｋ２ＰＴ－ＨＭＥＸ－６７ＮＢ", "ａｂｉｏｋ２ｐｔｈｍｅｘ６７ｎｂ", "ABIO-K٢PT-HMEX-٦٧NB", "ABIO-K۲PT-HMEX-۶۷NB",
			// Digits for the letters that they look like, and the other way round.
			"AB10-K2PT-HMEX-67N8", "ab1o-k2pt-hmex-67n8", "ABLO-K2PT-HMEX-67NB", "abl0-k2pt-hmex-67nb", "AB١٠-K2PT-HMEX-67N٨",
			// Letters of other alphabets, and of Turkish keyboards.
			"АВІО-К2РТ-НМЕХ-67NВ", "ABӀO-K2PT-HMEX-67NB", "авіо-к2рт-нмех-67nв", "ΑΒΙΟ-Κ2ΡΤ-ΗΜΕΧ-67ΝΒ", "abıo-k2pt-hmex-67nb", "ABİO-K2PT-HMEX-67NB", "abio-\u212a2pt-hmex-67nb",
			// A sentence.
			"Recovery code: " + recovery, "my code is " + strings.ToLower(recovery) + ", thanks", "1) " + recovery, "کد: " + recovery, recovery + " (used 3 of 10)",
			"1. " + dashed(" "), "a) " + strings.ToLower(dashed(" ")), "10\t" + dashed(" "), "Code: " + dashed(" "), "Code：" + dashed(" – "), "my code is " + dashed(" ") + " thanks",
			"1: " + dashed("."), "Recovery code: " + dashed(" / "),
			// Twice.
			recovery + recovery, recovery + " " + recovery, dashed(" ") + "\n" + dashed(" ") + "\n",
		},
	} {
		want := strings.ReplaceAll(typed, "-", "")
		for _, text := range append(names, typed) {
			got, isRecovery, err := desk.ReadCode(text)
			require.NoError(t, err, "%q", text)
			require.Equal(t, want, got, "%q", text)
			require.Equal(t, typed == recovery, isRecovery, "%q", text)
		}
	}
}

func TestWhatIsNotCertainlyOneCodeIsRefused(t *testing.T) {
	const recovery = "ABIO-K2PT-HMEX-67NB"
	list := strings.Repeat("ABIO-K2PT-HMEX-67NB\nCDIO-K2PT-HMEX-67NB\n", 5)
	for problem, texts := range map[string][]string{
		"several_codes": {
			"026835 123456", "026835123456", "026835, 123456", "026835 or 123456", "026835\n123456\n",
			"123456: 026835", "026835026834",
			list, strings.ReplaceAll(list, "\n", ""), "Recovery codes\n\n" + list, recovery + ", CDIO-K2PT-HMEX-67NB", "code 026835 and " + recovery,
		},
		"not_code": {
			"", " ", "\u200b", "-", "02683", "0268355", "12 34 5x", "abcdef", "oiloil", "otp", "①②③④⑤⑥", "Ⅵ26835", "二六八三五", "02683５०", "a026835", "026835a", "x026835y",
			"\xff026835", "026835\x00", "026\x07835", "call 02683 now", "+26835", "26835.", "2026-11-29", "026835 30", "12345678", "1234 5678", "026835026", "ABCD EFGH IJKM 2345 NOPQ", "é26835", "²26835",
			recovery[:18], recovery + "A", "ABIO-K2PT-HMEX-67N9", "ÁBIO-K2PT-HMEX-67NB", "ABIO-K2PT-HMEX-67N%", "ФИЩО-К2РТ-НМЕХ-67NВ",
			strings.Repeat("1", 5000), strings.Repeat(" ", 5000) + "026835",
		},
	} {
		for _, text := range texts {
			_, _, err := desk.ReadCode(text)
			require.Error(t, err, "%q", text)
			requireProblem(t, err, "code", problem)
		}
	}
	for _, meant := range []string{recovery[:18], recovery + "A", "ABIO-K2PT-HMEX-67N9", "my " + recovery[1:]} {
		_, isRecovery, err := desk.ReadCode(meant)
		require.ErrorContains(t, err, "A recovery code has 16 letters and digits", "not that an app shows it: %q", meant)
		require.True(t, isRecovery)
	}
}

func TestEveryFieldForACodeReadsItAsTyped(t *testing.T) {
	persian := strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹")
	typed := func(code string) string { return "\u200f" + persian.Replace(code[:3]+"\u00a0"+code[3:]) + "\n" }
	lower := func(code string) string {
		return strings.NewReplacer("o", "0", "i", "1", "b", "8").Replace(strings.ToLower(code))
	}
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	pre, e := o.enrolling("Ada")
	code := func() string {
		o.Clock.Add(totp.Period)
		return typed(o.Code(e.Key.Secret))
	}
	for _, wrong := range []string{"ABIO-K2PT-HMEX-67NB", "123456 654321"} {
		_, _, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, wrong)
		require.ErrorAs(t, err, new(*desk.InvalidError), "no app shows it")
	}
	passed, codes, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, code())
	require.NoError(t, err)
	token := passed.Token
	for _, second := range []func(i int) string{func(int) string { return code() }, func(i int) string { return lower(codes[i]) }} {
		_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), second(0))
		require.NoError(t, err, "at sign-in")
		token, err = o.StepUp(ctx, home, o.Identity(token), good, second(1))
		require.NoError(t, err, "at a step-up")
		added, err := o.BeginEnrolment(o.Identity(token))
		require.NoError(t, err)
		o.Clock.Add(totp.Period)
		more, _, err := o.ConfirmEnrolment(ctx, home, o.Identity(token), added.Sealed, typed(o.Code(added.Key.Secret)), "")
		require.NoError(t, err, "for another app")
		token = more
	}
	require.NoError(t, o.Reset(ctx, home, form(o.ResetLink("ada@example.org"), code())), "at a reset")
	o.Clock.Add(time.Hour)
	require.NoError(t, o.Reset(ctx, home, form(o.ResetLink("ada@example.org"), lower(codes[2]))), "at a reset, with a recovery code")
	require.Zero(t, o.Count("code.refused")+o.Count("recovery.refused"))
}

// FuzzReadCode states that a code that was read reads as itself.
func FuzzReadCode(f *testing.F) {
	for _, seed := range []string{"026835", "٠٢٦-٨٣٥ is it", "ABIO-K2PT-HMEX-67NB", "", "\xff", "O26835", "026835 123456"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		code, recovery, err := desk.ReadCode(text)
		if err != nil {
			require.Empty(t, code)
			return
		}
		require.Regexp(t, map[bool]string{false: `^[0-9]{6}$`, true: `^[A-KM-Z2-7]{16}$`}[recovery], code)
		again, kind, err := desk.ReadCode(code)
		require.NoError(t, err)
		require.Equal(t, code, again)
		require.Equal(t, recovery, kind)
	})
}
