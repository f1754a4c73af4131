package password

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:generate sh -c "npm pack --silent @zxcvbn-ts/language-common@4.1.3 && go run ../tests/tools/commonlist zxcvbn-ts-language-common-4.1.3.tgz common.txt.gz && rm zxcvbn-ts-language-common-4.1.3.tgz"

//go:embed common.txt.gz
var commonPacked []byte

// commonList is the sorted list, one entry per line, unpacked at the first use: about 390 KB, without an
// index, because a binary search can find the line ends itself.
var commonList = sync.OnceValue(func() string {
	z, err := gzip.NewReader(bytes.NewReader(commonPacked))
	if err == nil {
		var list []byte
		if list, err = io.ReadAll(z); err == nil {
			return string(list)
		}
	}
	panic(fmt.Sprintf("password: embedded list is damaged: %v", err)) // our own build is broken
})

// listed reports whether word, in lower case, is an entry.
func listed(word string) bool {
	list := commonList()
	lo, hi := 0, len(list) // both always at the start of a line
	for lo < hi {
		mid := lo + (hi-lo)/2
		start := strings.LastIndexByte(list[lo:mid], '\n') + 1 + lo
		end := start + strings.IndexByte(list[start:], '\n')
		switch strings.Compare(word, list[start:end]) {
		case 0:
			return true
		case -1:
			hi = start
		default:
			lo = end + 1
		}
	}
	return false
}

const (
	minJoined = 4  // shortest half of a pair
	maxJoined = 64 // a longer pair is two of the longest entries at best
)

// common reports whether a password is an entry of the list or derived from entries as people do to reach a required
// length: a mechanical derivative (see derive), or two entries in a row. Two entries take 2^31 guesses, and fewer for
// someone who starts with the popular ones; three or more are left to the estimate of strength.
func common(password string) bool {
	for core := range derive(password) {
		if listed(core) || pair(core, minJoined, listed) || trivial(core) {
			return true
		}
	}
	return false
}

// pair reports whether word consists of two known words of at least the given number of letters each.
func pair(word string, letters int, known func(string) bool) bool {
	if len(word) > maxJoined {
		return false
	}
	for i := letters; i <= len(word)-letters; i++ {
		if known(word[:i]) && known(word[i:]) {
			return true
		}
	}
	return false
}

// trivial reports whether a core has only one or two characters. Only undoing a repetition leaves so few: "aaaaaaaa", "12121212".
func trivial(core string) bool { return utf8.RuneCountInString(core) < minCore }
