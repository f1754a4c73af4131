package desk

import (
	"slices"
	"strings"
)

// alike replaces characters that look the same within one alphabet, or that keyboards
// use interchangeably, with one of them. It is applied to names in the normal form NFKC
// and in lower case.
var alike = strings.NewReplacer(slices.Concat(
	// Phones type typographic apostrophes, quotes and dashes.
	each("'", "’‘‛ʼʻʽʹ′ʾʿˈ"), each("-", "‐‑‒–—―−⁃˗"), each(`"`, "“”„‟"),
	// Phonetic letters and small capitals look like letters of names.
	pairs("ɑaᴀaʙbᴄcᴅdᴇeꜰfɡgɢgʜhɪiᴊjȷjᴋkʟlǀlᴍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz"),
	// Arabic and Persian keyboards have different characters for the same letters and digits.
	pairs("كکيیىیہهەهۃةٱا٠۰١۱٢۲٣۳٤۴٥۵٦۶٧۷٨۸٩۹"), []string{"ۀ", "هٔ"},
	// Kanji and hiragana that look like katakana.
	pairs("力カ口ロ二ニ工エ夕タ卜ト八ハ一ー〇○へヘべベぺペ"),
	// The case folding of the I with a dot and the one without is different in Turkish,
	// and on keyboards of other languages they are the same key.
	[]string{"i\u0307", "i", "ı", "i"},
	// Malayalam letters without a vowel were written with a joiner until Unicode 5.1.
	[]string{"ൺ", "ണ്", "ൻ", "ന്", "ർ", "ര്", "ൽ", "ല്", "ൾ", "ള്", "ൿ", "ക്"},
	// Thai and Lao vowels of two parts, with the tone typed before or after them.
	tones("\u0E4D", "\u0E48\u0E49\u0E4A\u0E4B"), tones("\u0ECD", "\u0EC8\u0EC9\u0ECA\u0ECB"), []string{"เเ", "แ", "ເເ", "ແ"},
)...)

// each replaces every character with one.
func each(one, of string) (oldnew []string) {
	for _, r := range of {
		oldnew = append(oldnew, string(r), one)
	}
	return oldnew
}

// pairs replaces the first, third and so on of the characters with the one after it.
func pairs(of string) (oldnew []string) {
	for two := range slices.Chunk([]rune(of), 2) {
		oldnew = append(oldnew, string(two[0]), string(two[1]))
	}
	return oldnew
}

// tones puts each of the tones before the vowel.
func tones(vowel, of string) (oldnew []string) {
	for _, tone := range of {
		oldnew = append(oldnew, vowel+string(tone), string(tone)+vowel)
	}
	return oldnew
}
