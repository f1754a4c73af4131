package backoffice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"

	"github.com/postern-go/postern/mail"
)

// DefaultWitnessEvery is how often a [Witness] gets a mark if Config.WitnessEvery is
// zero.
const DefaultWitnessEvery = time.Hour

// Witness keeps marks of the audit log where no one who can write to the database can
// change them, so that verification also detects that an older copy of the whole
// database was restored. A mark is the number of an entry and the beginning of its hash,
// like "1042:9f86d081884c7d65". It vouches for that entry and all before it, and reveals
// nothing about them.
//
// Every process of the office must use the same witness, because each verification
// compares with the last mark that any of them gave. The methods may be called
// concurrently, and must end with their context.
type Witness interface {
	// Keep keeps a mark for ever. It must return nil only once the mark is safe.
	Keep(ctx context.Context, mark string) error
	// Last returns the mark that was kept last, "" if there is none, or
	// [errors.ErrUnsupported] if marks cannot be read back. Someone then has to compare
	// them, with the command "audit verify".
	Last(ctx context.Context) (mark string, err error)
}

// FileWitness is a [Witness] that appends marks to a file, one a line: on a disk, or a
// mounted share, that the database server cannot write to. The string is its path; it is
// created with mode 0600 if it does not exist. A line that was cut off by a crash is
// ignored.
type FileWitness string

// Keep implements [Witness].
func (path FileWitness) Keep(_ context.Context, mark string) error {
	f, err := os.OpenFile(string(path), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	line := mark + "\n"
	if tail, err := tailOf(f, 1); err == nil && len(tail) > 0 && tail[0] != '\n' {
		line = "\n" + line
	}
	_, err = f.WriteString(line)
	return errors.Join(err, f.Sync(), f.Close())
}

var witnessLine = regexp.MustCompile(`(?m)^[1-9][0-9]{0,17}:[0-9a-f]{16}$`)

// Last implements [Witness].
func (path FileWitness) Last(context.Context) (string, error) {
	f, err := os.Open(string(path))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	tail, err := tailOf(f, 4096)
	if err != nil || len(tail) == 0 {
		return "", err
	}
	whole := tail[:bytes.LastIndexByte(tail, '\n')+1]
	lines := witnessLine.FindAll(whole, -1)
	if len(lines) == 0 {
		return "", fmt.Errorf("%s does not end with a mark", string(path))
	}
	return string(lines[len(lines)-1]), nil
}

// tailOf returns the last n bytes of a file, or fewer.
func tailOf(f *os.File, n int64) ([]byte, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	tail := make([]byte, min(n, size))
	_, err = f.ReadAt(tail, size-int64(len(tail)))
	return tail, err
}

// MailWitness is a [Witness] that sends each mark to a mailbox, directly, not through the
// office's queue. The office cannot read them back: compare the newest email with "audit
// verify -since". Each process that calls [Office.Run] sends one every
// Config.WitnessEvery, unless the audit log has not grown since.
type MailWitness struct {
	// Sender delivers the emails. Required.
	Sender mail.Sender
	// To is the recipient's email address, e.g. "audit@elsewhere.example". Required.
	To string
}

// Keep implements [Witness].
func (w MailWitness) Keep(ctx context.Context, mark string) error {
	return w.Sender.Send(ctx, mail.Message{
		To: w.To, Subject: "Audit mark " + mark,
		Text: "The newest entry of the audit log now has the mark\n\n" + mark + "\n\n" +
			"Keep this email. To check that no entry up to it was removed since, run on the server:\n\naudit verify -since " + mark + "\n",
	})
}

// Last implements [Witness].
func (MailWitness) Last(context.Context) (string, error) { return "", errors.ErrUnsupported }
