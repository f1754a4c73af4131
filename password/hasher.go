package password

import (
	"context"
	"crypto/fips140"
	"crypto/rand"
	"errors"
	"fmt"
	"math/bits"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"
)

const (
	// DefaultQueueWait is how long a caller waits for its turn before [ErrBusy].
	DefaultQueueWait = 10 * time.Second

	queuePerSlot = 32 // default queue length per slot, of which half the slots serve all within DefaultQueueWait
	maxQueueWait = 10 * time.Second
)

// Config sets up a [Hasher]. The zero value is safe and complete.
type Config struct {
	// Params is the cost of new hashes. Zero means DefaultParams. A cost below the floor of ASVS 5.0 appendix C is
	// refused: 47104 KiB for one pass, 19456 for two, 12288 for three or more.
	Params Params
	// Concurrency is how many hashes run at once. Zero means one per CPU, at least two, and at most four where
	// addresses have 32 bits. One of several is kept free for reserved callers, see Caller. Memory in use is at most
	// Concurrency times the larger of Params.MemoryKiB and 256 MiB, the maximum for a stored hash. Hashers of one process
	// with the same Concurrency, Queue and QueueWait share these, so any number of them together uses that memory.
	Concurrency int
	// Queue is how many strangers may wait for a turn, and as many reserved callers. If it is full, a reserved caller
	// is turned away, or a stranger: the caller whose groups want most. Zero means 32 per slot; -1 means none.
	Queue int
	// QueueWait is the longest wait of a caller, at most 10 s. Zero means DefaultQueueWait.
	QueueWait time.Duration
	// Pepper is an optional key, kept outside the store. Nil means none.
	Pepper *Pepper
	// Trace is called before each wait for a turn ("password.wait") and each slow hash ("password.hash"), with the
	// context of the caller. It returns the context of the operation, and a function that is called after it with its
	// error, or nil. It must be safe for concurrent use and return quickly. Nil means none.
	Trace func(ctx context.Context, operation string) (context.Context, func(error))
	// InsecureParams lifts the floor for Params, so that tests elsewhere run in microseconds, and shares nothing with
	// other hashers. For tests only: hashes made under it can be guessed at full speed.
	InsecureParams bool
}

// Hasher computes and verifies slow hashes. It is safe for concurrent use and starts no goroutine of its own.
type Hasher struct {
	params  Params
	queue   *queue
	salt    func([]byte) // fills a salt; only tests replace it
	peppers *peppers
	trace   func(context.Context, string) (context.Context, func(error))
	runs    atomic.Int64
}

// strict is read at start, because [fips140.WithoutEnforcement] would hide it for the length of one call, and a hasher
// outlives that.
var strict = fips140.Enforced()

// NewHasher checks cfg and reports every mistake at once, naming fields. It also refuses a program that runs with
// GODEBUG=fips140=only: argon2id is not approved, and imported hashes would panic.
func NewHasher(cfg Config) (*Hasher, error) {
	var errs []error
	if strict {
		errs = append(errs, errors.New("GODEBUG=fips140=only forbids argon2id; run with fips140=on"))
	}
	if cfg.Params == (Params{}) {
		cfg.Params = DefaultParams()
	}
	check := cfg.Params.checkFloor
	if cfg.InsecureParams {
		check = cfg.Params.checkShape
	}
	if err := check(); err != nil {
		errs = append(errs, err)
	}
	if cfg.Concurrency == 0 {
		cfg.Concurrency = slots(runtime.GOMAXPROCS(0), bits.UintSize)
	}
	if cfg.Concurrency < 0 {
		errs = append(errs, fmt.Errorf("Concurrency: %d is negative", cfg.Concurrency))
	}
	switch {
	case cfg.Queue == 0:
		cfg.Queue = queuePerSlot * cfg.Concurrency
	case cfg.Queue == -1:
		cfg.Queue = 0
	case cfg.Queue < -1:
		errs = append(errs, fmt.Errorf("Queue: %d is neither a length nor -1", cfg.Queue))
	}
	if cfg.QueueWait == 0 {
		cfg.QueueWait = DefaultQueueWait
	}
	if cfg.QueueWait < 0 || cfg.QueueWait > maxQueueWait {
		errs = append(errs, fmt.Errorf("QueueWait: %s is not between 0 and %s", cfg.QueueWait, maxQueueWait))
	}
	ring, err := newPeppers(cfg.Pepper)
	if err != nil {
		errs = append(errs, err)
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("password: new hasher: %w", errors.Join(errs...))
	}
	queueOf := queueOf
	if cfg.InsecureParams { // tests do not wait for each other
		queueOf = newQueue
	}
	return &Hasher{
		params:  cfg.Params,
		queue:   queueOf(cfg.Concurrency, cfg.Queue, cfg.QueueWait),
		salt:    func(b []byte) { rand.Read(b) },
		peppers: ring,
		trace:   cfg.Trace,
	}, nil
}

// slots is the default of Config.Concurrency. Four hashes of 256 MiB leave a 32-bit program half of its 2 GiB.
func slots(cpus, addressBits int) int {
	if addressBits == 32 {
		cpus = min(cpus, 4)
	}
	return max(2, cpus)
}

// Params returns the cost of new hashes.
func (h *Hasher) Params() Params { return h.params }

// Runs returns how many slow hashes this hasher has computed.
func (h *Hasher) Runs() int64 { return h.runs.Load() }

// Hash returns a new PHC string for exactly these bytes: nothing is trimmed, normalised or cut. Each call uses a new
// random salt. Hash does not apply a policy, see [Policy.Check]. It fails with [ErrTooLong] or [ErrBusy], if ctx ends
// while waiting, or if the password is empty.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if password == "" {
		return "", errors.New("password: hash: empty password")
	}
	if len(password) > MaxBytes {
		return "", ErrTooLong
	}
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	a := argonHash{params: h.params, keys: h.peppers.ids(), salt: make([]byte, saltLen)}
	h.salt(a.salt)
	a.output = h.peppers.seal(h.argon(password, a.salt, a.params, outputLen), a.keys)
	return a.String(), nil
}

// Derive computes 32 bytes from a secret that is too short for a fast hash, such as a recovery code, with the
// hasher's own parameters, a salt of at least 16 bytes and no pepper. The result depends on the parameters: store
// Params().String() with it and use [Hasher.DeriveWith] to check it later. Its errors are those of [Hasher.Hash].
func (h *Hasher) Derive(ctx context.Context, secret string, salt []byte) ([]byte, error) {
	return h.DeriveWith(ctx, h.params, secret, salt)
}

// DeriveWith is [Hasher.Derive] with the parameters that were stored with the value. Their cost is bounded like that
// of a stored hash; over the bound, DeriveWith fails with [ErrMalformed].
func (h *Hasher) DeriveWith(ctx context.Context, p Params, secret string, salt []byte) ([]byte, error) {
	switch {
	case secret == "":
		return nil, errors.New("password: derive: empty secret")
	case len(secret) > MaxBytes:
		return nil, ErrTooLong
	case len(salt) < saltLen || len(salt) > 64:
		return nil, fmt.Errorf("password: derive: salt has %d bytes, 16 to 64 are required", len(salt))
	}
	if err := errors.Join(p.checkShape(), p.checkCeiling(h.params)); err != nil {
		return nil, err
	}
	done, err := h.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	return h.argon(secret, salt, p, outputLen), nil
}

// argon is the only function that runs argon2id; the caller holds a slot and has checked p.
func (h *Hasher) argon(password string, salt []byte, p Params, length int) []byte {
	h.runs.Add(1)
	b := []byte(password)
	defer clear(b)
	return argon2.IDKey(b, salt, p.Time, p.MemoryKiB, p.Threads, uint32(length))
}
