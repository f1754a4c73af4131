package totp

import (
	"fmt"

	"github.com/pquerna/otp"
)

// Algorithm is the hash of the HMAC that generates codes. The zero value is SHA1.
type Algorithm int

// The algorithms of RFC 6238. SHA1 is the only one that every authenticator app
// supports; collisions in SHA-1 do not weaken its use in HMAC.
const (
	SHA1 Algorithm = iota
	SHA256
	SHA512
)

// algorithms holds the differences between the algorithms, indexed by Algorithm.
// Secrets are as long as the hash output (RFC 6238 section 5.1).
var algorithms = [...]struct {
	name        string
	secretBytes int
	hash        otp.Algorithm
}{
	SHA1:   {"SHA1", 20, otp.AlgorithmSHA1},
	SHA256: {"SHA256", 32, otp.AlgorithmSHA256},
	SHA512: {"SHA512", 64, otp.AlgorithmSHA512},
}

// String returns the name used in key URIs, such as "SHA1".
func (a Algorithm) String() string {
	if !a.known() {
		return fmt.Sprintf("Algorithm(%d)", int(a))
	}
	return algorithms[a].name
}

// known guards every use of a: otp panics on an algorithm that it does not know.
func (a Algorithm) known() bool {
	return a >= 0 && int(a) < len(algorithms)
}
