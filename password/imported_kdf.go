package password

import (
	"crypto/pbkdf2"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// parseScryptPHC reads "ln=16,r=8,p=1$salt$output", as passlib writes it.
func parseScryptPHC(s string) (imported, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 3 {
		return imported{}, malformed("scrypt")
	}
	n, err := numbers(parts[0], "ln=", "r=", "p=")
	if err != nil {
		return imported{}, err
	}
	if n[0] < 1 || n[0] > 30 {
		return imported{}, malformed("scrypt cost")
	}
	salt, err := decode64(phc64, parts[1], 0, 64)
	if err != nil {
		return imported{}, err
	}
	return newScrypt(1<<n[0], n[1], n[2], salt, parts[2], phc64)
}

// parseScryptDjango reads "16384$salt$8$5$output", in which the salt is not encoded.
func parseScryptDjango(s string) (imported, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 5 {
		return imported{}, malformed("scrypt")
	}
	n, err := numbers(parts[0]+","+parts[2]+","+parts[3], "", "", "")
	if err != nil {
		return imported{}, err
	}
	return newScrypt(n[0], n[1], n[2], []byte(parts[1]), parts[4], base64.StdEncoding)
}

func newScrypt(n, r, p uint64, salt []byte, output string, enc *base64.Encoding) (imported, error) {
	if n < 2 || n&(n-1) != 0 || r < 1 || p < 1 {
		return imported{}, malformed("scrypt cost")
	}
	// The single bounds come first, so that the product cannot overflow.
	if n > maxScryptWork || r > maxScryptSide || p > maxScryptSide || n*r*p > maxScryptWork {
		return imported{}, malformed("scrypt asks for more work than is allowed")
	}
	want, err := decode64(enc, output, 16, 128)
	if err != nil {
		return imported{}, err
	}
	return imported{func(password string) bool {
		in := []byte(password)
		defer clear(in)
		got, err := scrypt.Key(in, salt, int(n), int(r), int(p), len(want))
		return err == nil && subtle.ConstantTimeCompare(got, want) == 1
	}}, nil
}

// parsePBKDF2 reads passlib's "29000$salt$output" and the PHC form "i=600000,l=32$salt$output". Passlib writes "."
// for "+", so both are accepted.
func parsePBKDF2(hash func() hash.Hash, s string) (imported, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 3 {
		return imported{}, malformed("pbkdf2")
	}
	cost, length, hasLength := strings.Cut(parts[0], ",")
	n, err := numbers(strings.TrimPrefix(cost, "i="), "")
	if err != nil {
		return imported{}, err
	}
	salt, err := decode64(phc64, strings.ReplaceAll(parts[1], ".", "+"), 0, 128)
	if err != nil {
		return imported{}, err
	}
	want, err := decode64(phc64, strings.ReplaceAll(parts[2], ".", "+"), 16, 128)
	if err != nil {
		return imported{}, err
	}
	if hasLength {
		l, err := numbers(length, "l=")
		if err != nil || l[0] != uint64(len(want)) {
			return imported{}, malformed("pbkdf2 output has another length than it says")
		}
	}
	return newPBKDF2(hash, n[0], salt, want)
}

// parsePBKDF2Django reads "600000$salt$output", in which the salt is not encoded.
func parsePBKDF2Django(hash func() hash.Hash, s string) (imported, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 3 {
		return imported{}, malformed("pbkdf2")
	}
	n, err := numbers(parts[0], "")
	if err != nil {
		return imported{}, err
	}
	want, err := decode64(base64.StdEncoding, parts[2], 16, 128)
	if err != nil {
		return imported{}, err
	}
	return newPBKDF2(hash, n[0], []byte(parts[1]), want)
}

func newPBKDF2(hash func() hash.Hash, iterations uint64, salt, want []byte) (imported, error) {
	if iterations < 1 || iterations > maxIterations {
		return imported{}, malformed("pbkdf2 iterations are outside 1 to 2000000")
	}
	return imported{func(password string) bool {
		got, err := pbkdf2.Key(hash, password, salt, int(iterations), len(want))
		return err == nil && subtle.ConstantTimeCompare(got, want) == 1
	}}, nil
}
