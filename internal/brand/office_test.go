package brand_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/messages"
)

func TestSentencesNameAnOfficeOnce(t *testing.T) {
	for name, want := range map[string]string{
		"":                       "back office",
		"Back office":            "Back office", // DefaultName
		"Sunday Cyclists":        "Sunday Cyclists back office",
		"Riverside back office":  "Riverside back office",
		"Riverside BACK OFFICE ": "Riverside BACK OFFICE",
		"Back office of Acme":    "Back office of Acme",
	} {
		require.Equal(t, want, brand.OfficeIn(messages.English(), name), "%q", name)
	}
}
