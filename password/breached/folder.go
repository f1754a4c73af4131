package breached

import (
	"context"
	"fmt"
	"io"
	"os"
)

// Folder is the whole list as a folder with a file for each range, from 00000.txt to FFFFF.txt.
type Folder struct {
	root *os.Root
	min  uint64
}

// OpenFolder opens a folder of ranges, as the official downloader writes it with -s false: each file has the lines of the
// service. It checks samples of them. A file that is missing later is an error of Breached.
func OpenFolder(name string, cfg FileConfig) (*Folder, error) {
	min, err := threshold(cfg.MinCount)
	if err != nil {
		return nil, fmt.Errorf("breached: %w", err)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("breached: %w", err)
	}
	f := &Folder{root: root, min: min}
	const last = 1<<(4*prefixDigits) - 1
	for i := range samples {
		prefix := fmt.Sprintf("%05X", last*i/(samples-1))
		if _, err := f.read(prefix); err != nil {
			root.Close()
			return nil, fmt.Errorf("breached: %s: file %s.txt %w", name, prefix, err)
		}
	}
	return f, nil
}

// Close closes the folder. Breached fails afterwards.
func (f *Folder) Close() error { return f.root.Close() }

// Breached reports whether the list has the password. It reads one file.
func (f *Folder) Breached(ctx context.Context, password string) (bool, error) {
	h, prefix := digest(password)
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("breached: %w", err)
	}
	found, err := f.read(prefix)
	if err != nil {
		return false, fmt.Errorf("breached: %s: a file of the list %w", f.root.Name(), err)
	}
	return contains(found, h), nil
}

func (f *Folder) read(prefix string) ([]hash, error) {
	file, err := f.root.Open(prefix + ".txt")
	if err != nil { // without the name, which is a part of a hash
		return nil, fmt.Errorf("cannot be opened: %w", cause(err))
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxRange+1))
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", cause(err))
	}
	if len(text) > maxRange {
		return nil, fmt.Errorf("is longer than %d bytes", maxRange)
	}
	return parseRange(prefix, text, f.min)
}
