package mail

import (
	"cmp"
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

// defaultOutboxSender is the sender of an [Outbox] that has none of its own.
const defaultOutboxSender = "Office <office@localhost.localdomain>"

// Outbox is a [Sender] for development: every message becomes a file that a
// mail program opens and a person can read.
//
// Files are private (0600 in a folder created as 0700), because they hold working
// one-time links. Their names begin with the time of sending and sort by it. Files
// appear complete or not at all, and are never overwritten.
type Outbox struct {
	// Dir is the folder, which is created if it does not exist. Required.
	Dir string
	// Sender is the sender, such as "Acme <no-reply@example.com>". Default:
	// "Office <office@localhost.localdomain>".
	Sender string
	// Now is the clock, [time.Now] unless set before the first Send.
	Now func() time.Time

	mu   sync.Mutex
	last time.Time
}

const outboxTime = "20060102T150405.000000000Z"

// Check creates the folder, and returns everything that is wrong with the settings.
// backoffice.New calls it.
func (o *Outbox) Check() error {
	var errs []error
	if _, err := o.sender(); err != nil {
		errs = append(errs, fmt.Errorf("open outbox: sender: %w", err))
	}
	if o.Dir == "" {
		errs = append(errs, errors.New("open outbox: no folder given"))
	} else if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		errs = append(errs, fmt.Errorf("open outbox: %w", err))
	}
	return errors.Join(errs...)
}

func (o *Outbox) sender() (netmail.Address, error) {
	return parseSender(cmp.Or(o.Sender, defaultOutboxSender))
}

// From returns the sender of messages, in a form for people.
func (o *Outbox) From() string {
	from, _ := o.sender()
	return readable(from)
}

// Send writes m to a new file.
func (o *Outbox) Send(ctx context.Context, m Message) error {
	now := clock(o.Now)
	m, err := m.complete(now).check()
	if err != nil {
		return &DeliveryError{Step: stepMessage, Permanent: true, err: err}
	}
	// Long and 8-bit lines are harmless here, and unencoded links can be copied
	// right out of the file.
	from, err := o.sender()
	if err != nil {
		return &DeliveryError{Step: stepMessage, Permanent: true, err: err}
	}
	content, err := render(m, from, gomail.NoEncoding)
	if err != nil {
		return &DeliveryError{Step: stepMessage, Permanent: true, err: err}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := cmp.Or(ctx.Err(), o.Check()); err != nil {
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
	final, hidden := filepath.Join(o.Dir, name), filepath.Join(o.Dir, "."+name+".part")
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
