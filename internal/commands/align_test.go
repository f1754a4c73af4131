package commands

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/messages"
)

func TestColumnsAreBelowEachOtherInEveryScript(t *testing.T) {
	for text, columns := range map[string]int{
		"": 0, "Ada": 3, "Zoë": 3, "Zoe\u0308": 3, "محمد": 4, "\u2068Ada\u2069": 3, "山田": 4, "ハ": 2, "ﾊ": 1, "한글": 4, "，": 2,
	} {
		require.Equal(t, columns, width(text), text)
	}
	var b strings.Builder
	require.NoError(t, align(&b, [][]string{{"NAME", "STATE"}, {"山田さん", "active"}, {"Zoe\u0308", "-"}}))
	require.Equal(t, "NAME      STATE\n山田さん  active\nZoe\u0308       -\n", b.String())
}

func TestDataCannotEndItsIsolation(t *testing.T) {
	english, hebrew := messages.English(), &messages.Language{RTL: true}
	require.Equal(t, "\u2068a\uFFFDb\u2069.", safe(hebrew, "\u2068a\u202Eb\u2069."))
	require.Equal(t, "a\uFFFD; b", safe(english, "a\u2069\nb"))
	require.Equal(t, "a\uFFFDb is empty", wrong("commands.error.empty", "what", "a\u2069b").Error())
}

func TestMistakesAboutFlagsAreSaidInOurWords(t *testing.T) {
	for args, says := range map[string]string{
		"-nope":             "flag provided but not defined: -nope",
		"-event":            "-event needs a value",
		"-n=many":           `-n cannot be "many"`,
		"-json=perhaps":     `-json cannot be "perhaps"`,
		"---json":           `"---json" is not written as a flag`,
		"-outcome=somewhat": `-outcome cannot be "somewhat": choose one of success, failure, refused, begun, unsettled`,
	} {
		var b strings.Builder
		command, code := Parse([]string{"audit", args}, &b, &b)
		require.Nil(t, command)
		require.Equal(t, ExitUsage, code)
		require.Equal(t, "audit: "+says, strings.SplitN(b.String(), "\n", 2)[0])
	}
}
