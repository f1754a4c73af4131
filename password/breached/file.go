package breached

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// FileConfig says how a list on disk is read. The zero value works.
type FileConfig struct {
	// MinCount is how often a password must have been seen to count as breached. Default: 1.
	MinCount int
}

const (
	// window is how much of a file is read at a time: about a hundred lines.
	window = 4096
	// samples is how many places of a list are checked when it is opened.
	samples = 64
	// fewest is how many lines a list has from which it must reach from the first hashes to the last.
	fewest = 1000
)

var errOrder = errors.New("is not sorted by hash; let the downloader write it again")

// File is the whole list in one file, which is searched where it is: nothing is loaded.
type File struct {
	file *os.File
	size int64
	min  uint64
}

// OpenFile opens a list of lines HASH:COUNT that are sorted by hash, as the official downloader writes it. It checks
// samples of the lines and of their order, and whether the list ends early, as after an interrupted download.
func OpenFile(name string, cfg FileConfig) (*File, error) {
	min, err := threshold(cfg.MinCount)
	if err != nil {
		return nil, fmt.Errorf("breached: %w", err)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("breached: %w", err)
	}
	f := &File{file: file, min: min}
	if err := f.check(); err != nil {
		file.Close()
		return nil, fmt.Errorf("breached: %s %w", name, err)
	}
	return f, nil
}

// Close closes the file. Breached fails afterwards.
func (f *File) Close() error { return f.file.Close() }

// check reads samples of the file.
func (f *File) check() error {
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	if f.size = info.Size(); !info.Mode().IsRegular() || f.size == 0 {
		return errors.New("is not a file with a list in it")
	}
	var first, last page
	for i := range int64(samples) {
		p, err := f.read(max(f.size-window, 0)*i/(samples-1), 0, f.size)
		switch {
		case err != nil:
			return err
		case p.lines == 0:
			return errLine
		case i == 0:
			first = p
		case compare(p.first, last.first) < 0:
			return errOrder
		}
		last = p
	}
	// Hashes are spread evenly: the gap at either end of n of them is about the nth part of all, and as good as
	// never 64 times that.
	if n := float64(f.size) / (hashDigits + 4); n > fewest && (position(first.first) > 64/n || position(last.last) < 1-64/n) {
		return errors.New("does not have the whole list; was its download interrupted?")
	}
	return nil
}

// position returns where among all hashes h is, from 0 to 1.
func position(h hash) float64 { return float64(binary.BigEndian.Uint64(h[:8])) / (1 << 64) }

// Breached reports whether the list has the password. Because hashes are spread evenly, their place can be estimated:
// three or four reads of 4 KB find one among a billion.
func (f *File) Breached(ctx context.Context, password string) (bool, error) {
	h, _ := digest(password)
	found, err := f.find(ctx, h)
	if err != nil {
		return false, fmt.Errorf("breached: %s: %w", f.file.Name(), err)
	}
	return found, nil
}

// find searches between two beginnings of lines, lo and hi, whose hashes are about from and to.
func (f *File) find(ctx context.Context, h hash) (bool, error) {
	lo, hi, from, to := int64(0), f.size, 0.0, 1.0
	for step := 0; lo < hi; step++ {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		at := lo + (hi-lo)/2 - window/2
		if step < 8 || step%2 == 0 { // a list that is not spread evenly is halved every other time
			at = lo + int64(float64(hi-lo)*(position(h)-from)/(to-from)) - window/2
		}
		p, err := f.read(max(min(at, hi-window), lo), lo, hi)
		switch {
		case err != nil:
			return false, err
		case p.lines == 0:
			return false, errLine
		case compare(h, p.first) < 0:
			hi, to = p.begin, position(p.first)
		case compare(h, p.last) > 0:
			lo, from = p.end, position(p.last)
		default:
			return p.find(h, f.min)
		}
		if to < from {
			return false, errOrder
		}
	}
	return false, nil
}

// page is the whole lines of a window, and where they begin and end in the file.
type page struct {
	text        []byte
	begin, end  int64
	first, last hash
	lines       int
}

// read reads the window of the file at a place, within two beginnings of lines, and checks the lines in it.
func (f *File) read(at, lo, hi int64) (page, error) {
	p := page{begin: at}
	p.text = make([]byte, min(window, hi-at))
	if _, err := f.file.ReadAt(p.text, at); err != nil && !errors.Is(err, io.EOF) {
		return p, fmt.Errorf("cannot be read: %w", cause(err))
	}
	if at > lo { // the window begins within a line, as far as is known
		_, p.text, _ = bytes.Cut(p.text, []byte{'\n'})
		p.begin = min(at+window, hi) - int64(len(p.text))
	}
	if at+window < hi {
		p.text = p.text[:bytes.LastIndexByte(p.text, '\n')+1]
	}
	p.end = p.begin + int64(len(p.text))
	for rest := p.text; len(rest) > 0; p.lines++ {
		var line []byte
		line, rest = cutLine(rest)
		h, _, err := parseLine("", line)
		if err != nil {
			return p, err
		}
		if p.lines == 0 {
			p.first = h
		} else if compare(h, p.last) < 0 {
			return p, errOrder
		}
		p.last = h
	}
	return p, nil
}

// cause returns what is wrong with a file without its name.
func cause(err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Err
	}
	return err
}

// find reports whether the page has the hash with a count of at least min.
func (p page) find(h hash, min uint64) (bool, error) {
	for rest := p.text; len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		if other, count, err := parseLine("", line); err != nil || other == h {
			return count >= min, err
		}
	}
	return false, nil
}
