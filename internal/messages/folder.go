package messages

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// folder is the folder of messages of a host, as it was read: what is loaded from it later
// does not change with it, because offices share it.
type folder struct {
	names []string
	files map[string]file
	// err is what kept it from being read.
	err error
}

type file struct {
	text []byte
	err  error
}

// readFolder reads all files of messages.
func readFolder(host fs.FS) *folder {
	f := &folder{files: map[string]file{}}
	f.err = fs.WalkDir(host, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(path.Ext(name), ".json") {
			return err
		}
		text, err := fs.ReadFile(host, name)
		f.names, f.files[name] = append(f.names, name), file{text, err}
		return nil
	})
	return f
}

// whole reports whether everything could be read.
func (f *folder) whole() bool {
	for _, file := range f.files {
		if file.err != nil {
			return false
		}
	}
	return f.err == nil
}

// digest tells folders apart.
func (f *folder) digest() (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, name := range f.names {
		text := f.files[name].text
		fmt.Fprintf(h, "%d %s %d %s", len(name), name, len(text), text)
	}
	h.Sum(sum[:0])
	return sum
}
