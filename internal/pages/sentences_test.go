package pages

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
)

func TestEveryEventHasASentence(t *testing.T) {
	for code := range desk.Events {
		require.Contains(t, sentences, code)
	}
	argument := regexp.MustCompile(`\{[^}]*\}`)
	known := []string{"{actor}", "{target}", "{role}", "{roles}", "{before}", "{after}", "{name}", "{n}", "{kind}", "{subject}", "{label}", "{permission}", "{request}", "{checked}", "{broken}", "{left}"}
	for _, key := range slices.Sorted(maps.Keys(sentences)) {
		code, _, _ := strings.Cut(key, "/")
		require.Contains(t, desk.Events, code, "the sentence of an event that is gone")
		require.Subset(t, known, argument.FindAllString(sentences[key], -1), key)
		require.NotRegexp(t, `[.!]$`, sentences[key], "a sentence in a list has no full stop")
	}
}
