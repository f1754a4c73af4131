package line_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/line"
)

func TestCheck(t *testing.T) {
	for _, text := range []string{
		"Meadow", "=?utf-8?q?x?=", `"<>\\,;:`, "...", "Zoë", "e\u0301", "日本語\u3000の庭", "邉\U000E0100", "باغ\u200cوحش", "ക്\u200d", "👩\u200d🌾", "1\ufe0f\u20e3", "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
	} {
		require.NoError(t, line.Check(text, 100), "%+q", text)
	}
	piled := "Z" + strings.Repeat("\u0301\u0323", 4)
	require.NoError(t, line.Check(piled+"a\u0301", 100))
	require.EqualError(t, line.Check(piled+"\u0302", 100), "has more than 8 marks on one letter")
	for text, why := range map[string]string{
		"": "is empty", "\u3000": "is empty", "x ": "begins or ends with a space", "\u2003x": "begins or ends with a space", "x\u0085y": "has a line break",
		"x\x1by": "has a control character (U+001B)", "x\u0090y": "has a control character (U+0090)", "x\u061cy": "has an invisible character (U+061C)",
		"x\u200cy": "has an invisible character (U+200C)", "x\ufe0f": "has an invisible character (U+FE0F)", "\u3164": "has an invisible character (U+3164)",
		"x\U0010FFFF": "has a character that cannot be shown (U+10FFFF)", "x\xc3": "has damaged characters: it is not valid UTF-8", "ΩΩΩΩΩΩΩΩΩΩΩ": "is longer than 20 bytes",
	} {
		require.EqualError(t, line.Check(text, 20), why, "%+q", text)
	}
	require.EqualError(t, line.CheckName("…:!", 100), "has no letter, digit or symbol")
	require.NoError(t, line.CheckName("🌱", 100))
}
