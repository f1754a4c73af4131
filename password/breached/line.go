package breached

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// hash is the SHA-1 of a password.
type hash = [sha1.Size]byte

const (
	// hashDigits is how long a hash is in a list, prefixDigits how much of it selects a range.
	hashDigits, prefixDigits = 2 * sha1.Size, 5
	// ntlmDigits is how long the hashes of the other list of the official downloader are.
	ntlmDigits = 32
	// countDigits is the longest count that is read. The highest real one has eight digits.
	countDigits = 12
	// maxRange is the largest range in bytes. The largest real ones have less than 100 KB.
	maxRange = 1 << 20
)

var (
	errNTLM = errors.New("has NTLM hashes; get the SHA-1 list")
	errLine = errors.New("has a line that is not a SHA-1 hash, a colon and a count")
)

// digest returns the hash of a password, and the prefix that selects its range.
func digest(password string) (h hash, prefix string) {
	h = sha1.Sum([]byte(password))
	return h, fmt.Sprintf("%X", h[:3])[:prefixDigits]
}

// parseLine reads a line HASH:COUNT without its end. The prefix is what a range leaves out of its hashes, and empty in a
// whole list.
func parseLine(prefix string, line []byte) (h hash, count uint64, err error) {
	at := bytes.IndexByte(line, ':')
	if at == ntlmDigits && prefix == "" || at == ntlmDigits-prefixDigits && prefix != "" {
		return h, 0, errNTLM
	}
	if at != hashDigits-len(prefix) {
		return h, 0, errLine
	}
	var digits [hashDigits]byte
	copy(digits[copy(digits[:], prefix):], line[:at])
	if _, err := hex.Decode(h[:], digits[:]); err != nil {
		return hash{}, 0, errLine
	}
	digitsOfCount := line[at+1:]
	if len(digitsOfCount) == 0 || len(digitsOfCount) > countDigits {
		return hash{}, 0, errLine
	}
	for _, c := range digitsOfCount {
		if c < '0' || c > '9' {
			return hash{}, 0, errLine
		}
		count = 10*count + uint64(c-'0')
	}
	return h, count, nil
}

// cutLine returns the first line of text without its end, and what follows. A last line needs no end.
func cutLine(text []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(text, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'}), rest
}

// parseRange reads the lines of a range, and returns the hashes that were seen at least min times, sorted. A count of 0
// is padding.
func parseRange(prefix string, text []byte, min uint64) ([]hash, error) {
	if len(text) == 0 {
		return nil, errors.New("is empty")
	}
	var found []hash
	for len(text) > 0 {
		var line []byte
		line, text = cutLine(text)
		h, count, err := parseLine(prefix, line)
		if err != nil {
			return nil, err
		}
		if count >= min {
			found = append(found, h)
		}
	}
	slices.SortFunc(found, compare)
	return slices.Clip(found), nil
}

func compare(a, b hash) int { return bytes.Compare(a[:], b[:]) }

// contains reports whether a sorted range has the hash.
func contains(sorted []hash, h hash) bool {
	_, found := slices.BinarySearchFunc(sorted, h, compare)
	return found
}

// threshold turns the MinCount of a configuration into the least count that is a breach.
func threshold(minCount int) (uint64, error) {
	if minCount < 0 {
		return 0, fmt.Errorf("MinCount %d: want 0, which is 1, or more", minCount)
	}
	return uint64(max(minCount, 1)), nil
}
