package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheDocumentHasEveryRow reads what make bench has written. The values are those
// of the machine that it ran on.
func TestTheDocumentHasEveryRow(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", documentFile))
	require.NoError(t, err)
	written := section.FindString(string(text))
	rows := 0
	for line := range strings.Lines(written) {
		if strings.HasSuffix(line, " met |\n") || strings.HasSuffix(line, " missed |\n") {
			rows++
		}
	}
	require.Equal(t, len(figures()), rows, "renew it with: make bench")
	for _, f := range figures() {
		require.Contains(t, written, "| "+f.name+" | "+f.wanted+" |", "renew it with: make bench")
	}
}

func TestTheChartIsWellFormed(t *testing.T) {
	some := []bar{{"Postern", 1.5, true}, {"scs", 18, false}}
	written, err := os.ReadFile(filepath.Join("..", "..", chartFile))
	require.NoError(t, err)
	for _, text := range []string{string(written), bars{some, some, some, some}.chart()} {
		decoder := xml.NewDecoder(strings.NewReader(text))
		for err = nil; err == nil; _, err = decoder.Token() {
		}
		require.True(t, errors.Is(err, io.EOF), "%v", err)
		require.Contains(t, text, "prefers-color-scheme:dark")
	}
}
