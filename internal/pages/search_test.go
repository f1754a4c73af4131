package pages

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASearchFindsTheBeginningsOfWords(t *testing.T) {
	for query, found := range map[string]bool{
		"resume": true, "RÉSUMÉ edi": true, "press": true, "obrien": true, "O’Brien's": true, "edit-press": true,
		"sume": false, "editor banana": false, "": false, "?!": false,
	} {
		require.Equal(t, found, wordsOf(query).in("Résumé editor", "(press), for O'Briens"), query)
	}
}
