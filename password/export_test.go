package password

import (
	"context"
	"strings"
)

// CanonicalArgon parses and writes an argon2id string, for the fuzz test.
func CanonicalArgon(encoded string) (string, error) {
	a, err := parseArgon(encoded)
	return a.String(), err
}

// ParseImported reports whether an imported hash would be accepted, without computing it.
func ParseImported(encoded string) error {
	_, err := parseImported(encoded)
	return err
}

// Slots returns the default of Config.Concurrency.
func Slots(cpus, addressBits int) int { return slots(cpus, addressBits) }

// CommonEntries returns the embedded list.
func CommonEntries() []string {
	return strings.Split(strings.TrimSuffix(commonList(), "\n"), "\n")
}

// Common reports whether a password is listed or derived from the list.
func Common(password string) bool { return common(password) }

// Estimate returns the estimate alone, without the list and the context words.
func Estimate(password string) int { return estimate(password, nil) }

// WithSalt makes h call fill for every salt, inside the slot of the hash.
func (h *Hasher) WithSalt(fill func([]byte)) *Hasher {
	h.salt = fill
	return h
}

// Remembered returns how many groups are remembered for strangers.
func (h *Hasher) Remembered() int {
	l := &h.queue.strangers
	return len(l.used.now) + len(l.used.past) + len(l.asked.now) + len(l.asked.past)
}

// Turn waits for a turn and takes it without a hash.
func (h *Hasher) Turn(ctx context.Context) (end func(), err error) { return h.queue.acquire(ctx) }
