package breached_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password/breached"
)

// BenchmarkFile looks up a password in a list of a million: 45 MB, of which 4 KB are read three times or so.
func BenchmarkFile(b *testing.B) {
	name := filepath.Join(b.TempDir(), "list.txt")
	file, err := os.Create(name)
	require.NoError(b, err)
	text := bufio.NewWriter(file)
	for _, line := range lines(1_000_000) {
		fmt.Fprintf(text, "%s\r\n", line)
	}
	require.NoError(b, text.Flush())
	require.NoError(b, file.Close())
	f, err := breached.OpenFile(name, breached.FileConfig{})
	require.NoError(b, err)
	defer f.Close()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		found, err := f.Breached(ctx, numbered(i%2_000_000))
		if err != nil || found != (i%2_000_000 < 1_000_000) {
			b.Fatal(found, err)
		}
	}
}

// BenchmarkCached looks up a password whose range is kept.
func BenchmarkCached(b *testing.B) {
	s := serve(b, func(w http.ResponseWriter, _ *http.Request) {
		for i := range 2000 {
			fmt.Fprintf(w, "%035X:%d\r\n", i, i)
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		if found, err := s.Breached(ctx, known); found || err != nil {
			b.Fatal(found, err)
		}
	}
}
