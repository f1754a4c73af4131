package mail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	netmail "net/mail"
	"os"
	"path/filepath"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Outbox is a [Sender] for development: every message becomes a file that a
// mail program opens and a person can read. Create it with [NewOutbox].
//
// Files are private (0600 in a folder created as 0700), because they hold working
// one-time links. Their names begin with the time of sending and sort by it. Files
// appear complete or not at all, and are never overwritten.
type Outbox struct {
	// Now is the clock, [time.Now] unless set before the first Send.
	Now func() time.Time

	dir  string
	from netmail.Address

	mu   sync.Mutex
	last time.Time
}

const outboxTime = "20060102T150405.000000000Z"

// NewOutbox returns an outbox in the folder dir, which it creates if it does not
// exist. from is the sender, such as "Acme <no-reply@example.com>".
func NewOutbox(dir, from string) (*Outbox, error) {
	var errs []error
	sender, err := parseSender(from)
	if err != nil {
		errs = append(errs, fmt.Errorf("open outbox: from: %w", err))
	}
	if dir == "" {
		errs = append(errs, errors.New("open outbox: no folder given"))
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		errs = append(errs, fmt.Errorf("open outbox: %w", err))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &Outbox{dir: dir, from: sender}, nil
}

// From returns the sender of messages, in a form for people.
func (o *Outbox) From() string { return readable(o.from) }

// Send writes m to a new file.
func (o *Outbox) Send(ctx context.Context, m Message) error {
	now := clock(o.Now)
	m, err := m.complete(now).check()
	if err != nil {
		return &DeliveryError{Step: stepMessage, Permanent: true, err: err}
	}
	// Long and 8-bit lines are harmless here, and unencoded links can be copied
	// right out of the file.
	content, err := render(m, o.from, gomail.NoEncoding)
	if err != nil {
		return &DeliveryError{Step: stepMessage, Permanent: true, err: err}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return &DeliveryError{Step: stepStore, err: err}
	}
	for {
		err := o.write(o.tick(now())+"-"+m.ID+".eml", content)
		if errors.Is(err, fs.ErrExist) {
			continue // Another process wrote within the same nanosecond.
		}
		if err != nil {
			return &DeliveryError{Step: stepStore, err: fmt.Errorf("write to outbox: %w", err)}
		}
		return nil
	}
}

// tick returns the time for the next name, later than any before it.
func (o *Outbox) tick(now time.Time) string {
	if !now.After(o.last) {
		now = o.last.Add(1)
	}
	o.last = now
	return now.UTC().Format(outboxTime)
}

// write creates the file under a hidden name and renames it. Renaming would
// overwrite, so the hidden name, which only one writer can hold, is also the lock
// under which write checks for the final one.
func (o *Outbox) write(name string, content []byte) (err error) {
	final, hidden := filepath.Join(o.dir, name), filepath.Join(o.dir, "."+name+".part")
	file, err := os.OpenFile(hidden, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(hidden)
		}
	}()
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if _, err := os.Lstat(final); err == nil {
		return fs.ErrExist
	}
	return os.Rename(hidden, final)
}
