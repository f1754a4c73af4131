package breached_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password/breached"
)

func TestEveryPasswordOfAFileIsFound(t *testing.T) {
	for _, n := range []int{0, 1, 2, 50, 91, 92, 93, 94, 200, 5000} {
		for name, end := range map[string]string{"LF": "\n", "CRLF": "\r\n"} {
			for _, last := range []string{"", end} {
				list := lines(n)
				f, err := breached.OpenFile(write(t, strings.Join(list, end)+last), breached.FileConfig{})
				require.NoError(t, err, "%d lines, %s", n, name)
				for i := range n {
					found, err := f.Breached(ctx, numbered(i))
					require.NoError(t, err)
					require.True(t, found, "%d lines, %s: %d", n, name, i)
					found, err = f.Breached(ctx, numbered(i+n))
					require.NoError(t, err)
					require.False(t, found, "%d lines, %s: %d", n, name, i+n)
				}
				found, err := f.Breached(ctx, known)
				require.NoError(t, err)
				require.True(t, found)
				require.NoError(t, f.Close())
			}
		}
	}
}

// A list whose hashes are not spread evenly, as a hostile or an odd one, is only slower to search.
func TestAFileThatIsNotSpreadEvenly(t *testing.T) {
	var list []string
	for i := range 900 { // below the number from which the list must reach from end to end
		list = append(list, fmt.Sprintf("%s%037X:1", sum(known)[:3], i))
	}
	list = append(list, sum(known)+":1", fmt.Sprintf("%s:1", strings.Repeat("F", 40)), strings.Repeat("0", 40)+":1")
	slices.Sort(list)
	f, err := breached.OpenFile(write(t, strings.Join(list, "\n")), breached.FileConfig{})
	require.NoError(t, err)
	defer f.Close()
	found, err := f.Breached(ctx, known)
	require.NoError(t, err)
	require.True(t, found)
	found, err = f.Breached(ctx, unknown)
	require.NoError(t, err)
	require.False(t, found)
}

func TestAFileIsCheckedWhenOpened(t *testing.T) {
	whole := lines(5000)
	byCount := slices.Clone(whole)
	slices.Reverse(byCount)
	swapped := slices.Clone(whole)
	copy(swapped[1000:], whole[3000:4000])
	copy(swapped[3000:], whole[1000:2000])
	var ntlm []string
	for _, line := range whole {
		ntlm = append(ntlm, line[8:])
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":                 {"", "is not a file with a list in it"},
		"of something else":     {"-----BEGIN CERTIFICATE-----\n", "a line that is not a SHA-1 hash, a colon and a count"},
		"without counts":        {sum(known) + "\n", "is not a SHA-1 hash"},
		"of passwords":          {known + ":3\n", "is not a SHA-1 hash"},
		"NTLM":                  {strings.Join(ntlm, "\n"), "has NTLM hashes; get the SHA-1 list"},
		"in another order":      {strings.Join(byCount, "\n"), "is not sorted by hash"},
		"with parts swapped":    {strings.Join(swapped, "\n"), "is not sorted by hash"},
		"cut off":               {strings.Join(whole[:4000], "\n"), "was its download interrupted?"},
		"cut off in a line":     {strings.Join(whole, "\n")[:100_010], "is not a SHA-1 hash"},
		"without its beginning": {strings.Join(whole[1000:], "\n"), "was its download interrupted?"},
		"one endless line":      {strings.Repeat("A", 10_000), "is not a SHA-1 hash"},
		"with a gap of NUL":     {strings.Join(whole[:100], "\n") + strings.Repeat("\x00", 100_000), "is not a SHA-1 hash"},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, c.text)
			_, err := breached.OpenFile(file, breached.FileConfig{})
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, file)
		})
	}
	_, err := breached.OpenFile(t.TempDir(), breached.FileConfig{})
	require.ErrorContains(t, err, "is not a file with a list in it")
	_, err = breached.OpenFile(filepath.Join(t.TempDir(), "none"), breached.FileConfig{})
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = breached.OpenFile(write(t, whole[0]), breached.FileConfig{MinCount: -1})
	require.ErrorContains(t, err, "MinCount")
}

func TestAFileThatChangesFailsAndSaysNothing(t *testing.T) {
	name := write(t, strings.Join(lines(5000), "\n"))
	f, err := breached.OpenFile(name, breached.FileConfig{})
	require.NoError(t, err)
	require.NoError(t, os.Truncate(name, 10))
	found, err := f.Breached(ctx, known)
	require.False(t, found)
	requireSilent(t, err, known)

	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err = f.Breached(ended, known)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, f.Close())
	_, err = f.Breached(ctx, known)
	require.ErrorIs(t, err, os.ErrClosed)
	requireSilent(t, err, known)
}

func TestAFileHasAThresholdAndIsSearchedByMany(t *testing.T) {
	f, err := breached.OpenFile(write(t, strings.Join(lines(5000), "\n")), breached.FileConfig{MinCount: 100})
	require.NoError(t, err)
	defer f.Close()
	var all sync.WaitGroup
	for i := range 300 {
		all.Go(func() {
			found, err := f.Breached(ctx, numbered(i))
			if err != nil || found != (i+1 >= 100) {
				t.Error(i, found, err)
			}
		})
	}
	all.Wait()
}

func TestAFolderOfRanges(t *testing.T) {
	dir := t.TempDir()
	list := lines(0)
	put := func(prefix, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, prefix+".txt"), []byte(text), 0o600))
	}
	open := func() (*breached.Folder, error) { return breached.OpenFolder(dir, breached.FileConfig{}) }
	_, err := open()
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "file 00000.txt cannot be opened")
	for i := range 64 {
		put(fmt.Sprintf("%05X", (1<<20-1)*i/63), strings.Repeat("0", 35)+":1\r\n")
	}
	put("5BAA6", rangeOf(list, "5BAA6"))
	f, err := open()
	require.NoError(t, err)
	found, err := f.Breached(ctx, known)
	require.NoError(t, err)
	require.True(t, found)
	_, err = f.Breached(ctx, unknown)
	require.ErrorIs(t, err, os.ErrNotExist, "a range that is missing")
	requireSilent(t, err, unknown)
	put(sum(unknown)[:5], strings.Repeat("0", 35)+":1\r\n")
	found, err = f.Breached(ctx, unknown)
	require.NoError(t, err)
	require.False(t, found)
	put("5BAA6", rangeOf(list, "5BAA6")[:20])
	_, err = f.Breached(ctx, known)
	require.ErrorContains(t, err, "a line that is not a SHA-1 hash")
	requireSilent(t, err, known)
	require.NoError(t, f.Close())
	_, err = f.Breached(ctx, known)
	require.ErrorIs(t, err, os.ErrClosed)

	put("FFFFF", sum(known)+":1\r\n")
	_, err = open()
	require.ErrorContains(t, err, "FFFFF.txt has a line that is not a SHA-1 hash")
	_, err = breached.OpenFolder(filepath.Join(dir, "none"), breached.FileConfig{})
	require.ErrorIs(t, err, os.ErrNotExist)
}
