package password

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"regexp"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// Ceilings for imported hashes, each about a second of work on one core.
const (
	maxBcryptCost = 14
	maxScryptWork = 1 << 21 // N*r*p; since 128*N*r bytes are needed, this also limits memory to 256 MiB
	maxScryptSide = 64      // r and p, which need memory of their own
	maxIterations = 2_000_000

	bcryptInput = 72 // bytes that bcrypt uses
)

// imported is a parsed hash from another program.
type imported struct {
	check func(password string) bool
}

// verify refuses a NUL byte first: bcrypt repeats its key with a NUL between, and HMAC pads its key with them, so
// "abc" and "abc\x00" are the same password to all three schemes.
func (i imported) verify(password string) bool {
	nul := strings.ContainsRune(password, 0)
	return i.check(password) && !nul
}

// parseImported reads every spelling listed in the package comment and checks the cost without computing anything.
func parseImported(encoded string) (imported, error) {
	if len(encoded) > maxEncoded {
		return imported{}, malformed("too long")
	}
	name, rest, _ := strings.Cut(strings.TrimPrefix(encoded, "$"), "$")
	phc := strings.HasPrefix(encoded, "$")
	switch {
	case phc && (name == "2a" || name == "2b" || name == "2y"):
		return parseBcrypt(encoded, false)
	case !phc && name == "bcrypt":
		return parseBcrypt(rest, false)
	case !phc && name == "bcrypt_sha256":
		return parseBcrypt(rest, true)
	case phc && name == "scrypt":
		return parseScryptPHC(rest)
	case !phc && name == "scrypt":
		return parseScryptDjango(rest)
	case phc && name == "pbkdf2-sha256":
		return parsePBKDF2(sha256.New, rest)
	case phc && name == "pbkdf2-sha512":
		return parsePBKDF2(sha512.New, rest)
	case !phc && name == "pbkdf2_sha256":
		return parsePBKDF2Django(sha256.New, rest)
	}
	return imported{}, malformed("scheme is not known")
}

var bcryptForm = regexp.MustCompile(`^\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}$`)

// parseBcrypt reads the modular form. With prehash, the input is the hex SHA-256 of the password, as in Django.
// Without it, bcrypt ignores everything past 72 bytes, so all longer passwords with the same beginning would match;
// here they never do (ASVS 6.2.8), and their owners need a reset link.
func parseBcrypt(s string, prehash bool) (imported, error) {
	m := bcryptForm.FindStringSubmatch(s)
	if m == nil {
		return imported{}, malformed("bcrypt")
	}
	cost, err := parseNumber(strings.TrimPrefix(m[1], "0"), maxBcryptCost)
	if err != nil || cost < uint64(bcrypt.MinCost) {
		return imported{}, malformed("bcrypt cost is outside 4 to 14")
	}
	return imported{func(password string) bool {
		in := []byte(password)
		if prehash {
			sum := sha256.Sum256(in)
			in = []byte(hex.EncodeToString(sum[:]))
		}
		defer clear(in)
		whole := len(in) <= bcryptInput
		match := bcrypt.CompareHashAndPassword([]byte(s), in[:min(len(in), bcryptInput)]) == nil
		return match && whole
	}}, nil
}

// numbers reads a comma-separated list in which each value has the given prefix.
func numbers(s string, prefixes ...string) ([]uint64, error) {
	fields := strings.Split(s, ",")
	if len(fields) != len(prefixes) {
		return nil, malformed("cost")
	}
	out := make([]uint64, len(fields))
	for i, f := range fields {
		digits, ok := strings.CutPrefix(f, prefixes[i])
		if !ok {
			return nil, malformed("cost")
		}
		var err error
		if out[i], err = parseNumber(digits, 1<<31-1); err != nil {
			return nil, err
		}
	}
	return out, nil
}
