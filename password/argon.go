package password

import (
	"encoding/base64"
	"strings"
)

// Two identifiers, so that no other program mistakes a peppered hash for one that it can check.
const (
	argonID    = "argon2id"
	pepperedID = "argon2id-hmac-sha256"
	argonV     = "v=19" // 0x13, the only version RFC 9106 defines

	maxEncoded = 512 // bytes; the longest honest encoding is under 400
)

// phc64 is the base64 of PHC strings: without padding, and with one spelling per value.
var phc64 = base64.RawStdEncoding.Strict()

// argonHash is a parsed argon2id PHC string:
//
//	$argon2id$v=19$m=65536,t=3,p=1$salt$output
//	$argon2id-hmac-sha256$v=19$m=65536,t=3,p=1,keyid=k1.k2$salt$tag
type argonHash struct {
	params Params
	keys   []string // pepper layers, innermost first
	salt   []byte
	output []byte
}

// String writes the PHC form.
func (a argonHash) String() string {
	id, params := argonID, a.params.String()
	if len(a.keys) > 0 {
		id, params = pepperedID, params+",keyid="+strings.Join(a.keys, ".")
	}
	return strings.Join([]string{"", id, argonV, params,
		phc64.EncodeToString(a.salt), phc64.EncodeToString(a.output)}, "$")
}

func isArgon(encoded string) bool {
	return strings.HasPrefix(encoded, "$"+argonID+"$") || strings.HasPrefix(encoded, "$"+pepperedID+"$")
}

// trimDjango removes the word that Django puts before an otherwise standard string.
func trimDjango(encoded string) string {
	if strings.HasPrefix(encoded, "argon2$"+argonID+"$") {
		return strings.TrimPrefix(encoded, "argon2")
	}
	return encoded
}

// parseArgon accepts exactly what String writes: the two are inverse (fuzzed).
func parseArgon(encoded string) (argonHash, error) {
	var a argonHash
	if len(encoded) > maxEncoded {
		return a, malformed("too long")
	}
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" {
		return a, malformed("argon2id string has not six parts")
	}
	if parts[2] != argonV {
		return a, malformed("argon2id version is not 19")
	}
	params := parts[3]
	var err error
	switch parts[1] {
	case argonID:
	case pepperedID:
		before, ids, ok := strings.Cut(params, ",keyid=")
		if !ok {
			return a, malformed("pepper key id is missing")
		}
		params = before
		if a.keys, err = parsePepperIDs(ids); err != nil {
			return a, err
		}
	default:
		return a, malformed("scheme is not argon2id")
	}
	if a.params, err = ParseParams(params); err != nil {
		return a, err
	}
	if a.salt, err = decode64(phc64, parts[4], 8, 64); err != nil {
		return a, err
	}
	a.output, err = decode64(phc64, parts[5], 16, 64)
	if err == nil && len(a.keys) > 0 && len(a.output) != pepperKeyLen {
		err = malformed("pepper tag has a wrong length")
	}
	return a, err
}

// decode64 bounds the decoded length. It refuses CR and LF, which encoding/base64 skips.
func decode64(enc *base64.Encoding, s string, shortest, longest int) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, malformed("base64")
	}
	b, err := enc.DecodeString(s)
	if err != nil {
		return nil, malformed("base64")
	}
	if len(b) < shortest || len(b) > longest {
		return nil, malformed("salt or output has a wrong length")
	}
	return b, nil
}
