package password

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MaxBytes is the length of the longest password or secret that is hashed, in bytes. Longer input is refused, never
// cut.
const MaxBytes = 1024

const (
	saltLen   = 16 // bytes of a new salt
	outputLen = 32 // bytes of argon2id output
	maxLanes  = 16
)

// Ceilings for the cost of verifying a stored hash. Someone who can write to the store must not be able to take the
// process down, so they are checked before anything is allocated. They bound the memory of this package to Concurrency
// times the larger of maxMemoryKiB and Params.MemoryKiB.
const (
	maxMemoryKiB = 256 << 10 // 256 MiB: libsodium's "moderate" and scrypt at N=2^18, r=8
	maxWorkKiB   = 1 << 20   // memory times passes: sixteen passes over 64 MiB
)

// Params is the cost of argon2id (RFC 9106). The zero value is not valid; start from [DefaultParams].
type Params struct {
	MemoryKiB uint32 // memory of one hash, in KiB
	Time      uint32 // passes over that memory
	Threads   uint8  // lanes, computed in parallel; 1 to 16
}

// DefaultParams returns 64 MiB, three passes, one lane: about a tenth of a second on a server core.
func DefaultParams() Params { return Params{MemoryKiB: 64 << 10, Time: 3, Threads: 1} }

// String returns the parameters as in an encoded hash, "m=65536,t=3,p=1".
func (p Params) String() string {
	return fmt.Sprintf("m=%d,t=%d,p=%d", p.MemoryKiB, p.Time, p.Threads)
}

// ParseParams reads only what [Params.String] writes: one spelling per value, in this order. It checks the cost
// against the ceilings of Verify, not the floor of new hashes. It fails with [ErrMalformed].
func ParseParams(s string) (Params, error) {
	fields := strings.Split(s, ",")
	if len(fields) != 3 {
		return Params{}, malformed("argon2id parameters are not m, t, p")
	}
	var n [3]uint64
	for i, name := range []string{"m=", "t=", "p="} {
		digits, ok := strings.CutPrefix(fields[i], name)
		if !ok {
			return Params{}, malformed("argon2id parameters are not m, t, p")
		}
		var err error
		if n[i], err = parseNumber(digits, 1<<32-1); err != nil {
			return Params{}, err
		}
	}
	if n[2] > maxLanes {
		return Params{}, malformed("argon2id asks for too many lanes")
	}
	p := Params{MemoryKiB: uint32(n[0]), Time: uint32(n[1]), Threads: uint8(n[2])}
	return p, p.checkShape()
}

// work returns the cost in KiB written, by which parameters of argon2id can be compared.
func (p Params) work() uint64 { return uint64(p.MemoryKiB) * uint64(p.Time) }

// checkShape refuses values that RFC 9106 section 3.1 does not define. x/crypto would panic or silently raise the
// memory.
func (p Params) checkShape() error {
	if p.Time < 1 || p.Threads < 1 || p.Threads > maxLanes || p.MemoryKiB < 8*uint32(p.Threads) {
		return malformed("argon2id parameters are outside the definition")
	}
	return nil
}

// checkFloor refuses parameters weaker than ASVS 5.0 appendix C accepts (N-ARGON).
func (p Params) checkFloor() error {
	if err := p.checkShape(); err != nil {
		return errors.New("Params: Time and Threads must be at least 1, Threads at most 16, MemoryKiB at least 8 per lane")
	}
	floor := uint32(12288)
	switch p.Time {
	case 1:
		floor = 47104
	case 2:
		floor = 19456
	}
	if p.MemoryKiB < floor {
		return fmt.Errorf("Params: %d KiB is too little memory for Time %d, at least %d is required", p.MemoryKiB, p.Time, floor)
	}
	return nil
}

// checkCeiling refuses a stored cost before any work is done; own is the configured cost, which is always allowed.
func (p Params) checkCeiling(own Params) error {
	if p.MemoryKiB > max(maxMemoryKiB, own.MemoryKiB) || p.work() > max(maxWorkKiB, own.work()) {
		return malformed("argon2id asks for more work than is allowed")
	}
	return nil
}

// parseNumber reads a plain decimal without sign or leading zero, so that a value has one spelling.
func parseNumber(s string, limit uint64) (uint64, error) {
	if s == "" || (len(s) > 1 && s[0] == '0') || s[0] == '+' {
		return 0, malformed("number is not written plainly")
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n > limit {
		return 0, malformed("number is out of range")
	}
	return n, nil
}
