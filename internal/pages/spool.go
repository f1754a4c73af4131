package pages

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// maxKept is the most bytes of a body that are kept in memory while something is looked
// for in it.
const maxKept = 1 << 20

// spool is a body that keeps what is read of it, so that it can be read again: the
// first maxKept bytes in memory, the others in a temporary file.
type spool struct {
	io.ReadCloser
	memory bytes.Buffer
	file   *os.File
	// failed is why reading ended, lost why something could not be kept. That is our
	// own fault and not the client's.
	failed, lost error
}

func (s *spool) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	s.failed = err
	if s.lost = s.keep(p[:n]); s.lost != nil {
		return 0, s.lost
	}
	return n, err
}

func (s *spool) keep(p []byte) (err error) {
	if s.file == nil && s.memory.Len()+len(p) <= maxKept {
		_, err = s.memory.Write(p)
		return err
	}
	if s.file == nil {
		s.file, err = os.CreateTemp("", "form-")
	}
	if err == nil {
		_, err = s.file.Write(p)
	}
	if err != nil {
		return fmt.Errorf("keep a form in the temporary folder %s: %w", os.TempDir(), err)
	}
	return nil
}

// again returns the whole body, from its beginning and with the error that ended the
// reading. The spool itself must not be read any more.
func (s *spool) again() io.ReadCloser {
	parts := []io.Reader{&s.memory}
	if s.file != nil {
		parts = append(parts, &second{spool: s})
	}
	return replay{io.MultiReader(append(parts, failed{s.failed}, s.ReadCloser)...), s.ReadCloser}
}

// second reads the file of a spool once, and removes it at its end.
type second struct {
	*spool
	at int64
}

func (r *second) Read(p []byte) (int, error) {
	n, err := r.file.ReadAt(p, r.at)
	r.at += int64(n)
	if err == io.EOF {
		_ = r.remove() // or else after the handler
	}
	return n, err
}

// remove removes the file. It may be called more than once, and while the body is read.
func (s *spool) remove() error {
	if s.file == nil {
		return nil
	}
	_ = s.file.Close()
	if err := os.Remove(s.file.Name()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// replay is a body that was partly read and is complete again.
type replay struct {
	io.Reader
	io.Closer
}

// failed is where reading failed; if err is nil, it did not.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}
