// Package redact finds the office's alias in texts of others: lines of a log, and headers
// of a request.
package redact

import (
	"bytes"
	"crypto/subtle"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/vault"
)

// Word replaces an alias.
const Word = "_office"

const (
	// most is how many aliases are remembered.
	most = 16
	// longest is the longest name of a host, with its scheme and port.
	longest = 300
)

// Aliases are the alias of an office and those that it had. The zero value has none. They
// do not change: With returns others.
type Aliases struct {
	path string
	all  []string // the last one that was learned is the first
}

// New returns the aliases, as yet none, of an office whose community is below a path, or
// at "".
func New(path string) *Aliases { return &Aliases{path: path} }

// With returns the aliases with these as the last ones learned, and forgets the first of
// too many. Empty ones count for nothing.
func (a *Aliases) With(aliases ...string) *Aliases {
	next := a
	for _, alias := range aliases {
		if at := slices.Index(next.all, alias); alias != "" && at != 0 {
			all := slices.Clone(next.all)
			if at > 0 {
				all = slices.Delete(all, at, at+1)
			}
			all = append([]string{alias}, all...)
			next = &Aliases{next.path, all[:min(len(all), most)]}
		}
	}
	return next
}

// Text returns a text with [Word] in place of each alias, however percent-encoded. A
// random alias is replaced wherever it stands. One that someone chose may be an ordinary
// word: it is replaced if it is the whole text, or where an address has it, as the first
// segment of a path or after the path of the community. If there is none, Text returns
// the same text and allocates nothing.
func (a *Aliases) Text(s string) string {
	for _, alias := range a.all {
		s = a.edit(s, alias, func(before, slash string, _ bool) string { return before + slash + Word })
	}
	return s
}

// Cut returns a text without the office's address, as the host sees paths: what follows
// it is at the root. If the text has an alias that is no path, ok is false.
func (a *Aliases) Cut(s string) (cut string, ok bool) {
	for _, alias := range a.all {
		bare := false
		s = a.edit(s, alias, func(before, slash string, goesOn bool) string {
			bare = bare || slash == ""
			if before = strings.TrimSuffix(before, a.path); goesOn {
				return before
			}
			return before + slash
		})
		if bare {
			return "", false
		}
	}
	return s, true
}

// In reports whether a text of a stranger has an alias as a whole segment of a path; one
// that someone chose, where an address has it. It takes as long for a good guess as for a
// bad one.
func (a *Aliases) In(s string) bool {
	for _, alias := range a.all {
		if a.segment(s, '/', alias) || a.segment(s, '%', alias) {
			return true
		}
	}
	return false
}

// segment reports whether an alias follows a slash that begins with this byte.
func (a *Aliases) segment(s string, begin byte, alias string) bool {
	for at := 0; len(s)-at > len(alias); at++ {
		next := strings.IndexByte(s[at:], begin)
		if next < 0 {
			return false
		}
		at += next
		from := afterSlash(s, at)
		end := from + len(alias)
		if from > 0 && len(s) >= end && !isWord(s, end) && subtle.ConstantTimeCompare([]byte(s[from:end]), []byte(alias)) == 1 &&
			(vault.IsAlias(alias) || a.addressed(s, from, end)) {
			return true
		}
	}
	return false
}

// Near reports whether a text may have an alias: if not, it has none.
func (a *Aliases) Near(text []byte) bool {
	return bytes.IndexByte(text, '%') >= 0 || slices.ContainsFunc(a.all, func(alias string) bool { return bytes.Contains(text, []byte(alias)) })
}

// edit replaces each place of an alias, and what is before it since the last one, by what
// with returns: of that and of the slash in front of the alias, if there is one, and
// whether the same slash follows. If there is none, nothing is allocated.
func (a *Aliases) edit(s, alias string, with func(before, slash string, goesOn bool) string) string {
	var b strings.Builder
	done, coded := 0, strings.Contains(s, "%")
	for start, end := a.find(s, 0, alias, coded); start >= 0; start, end = a.find(s, end, alias, coded) {
		from := max(beforeSlash(s, start), done)
		slash := s[from:start]
		b.WriteString(with(s[done:from], slash, slash != "" && strings.HasPrefix(s[end:], slash)))
		done = end
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// find finds the first place of an alias from another on; if there is none, start is -1.
func (a *Aliases) find(s string, from int, alias string, coded bool) (start, end int) {
	for at := from; len(s)-at >= len(alias); at++ {
		if coded {
			end = match(s, at, alias)
			if end == 0 {
				continue
			}
		} else {
			next := strings.Index(s[at:], alias)
			if next < 0 {
				return -1, 0
			}
			at += next
			end = at + len(alias)
		}
		if vault.IsAlias(alias) || a.addressed(s, at, end) {
			return at, end
		}
	}
	return -1, 0
}

// addressed reports whether a word of a text stands where an alias does in an address, or
// is the whole text.
func (a *Aliases) addressed(s string, start, end int) bool {
	if start == 0 {
		return end == len(s) || afterSlash(s, end) > 0
	}
	slash := beforeSlash(s, start)
	if slash == start || isWord(s, end) {
		return false
	}
	if s[slash] != '/' {
		return true // An address within an address is not taken apart further.
	}
	before := strings.TrimSuffix(s[:slash], a.path)
	before = before[max(0, len(before)-longest):]
	before = before[strings.LastIndexAny(before, " \t\r\n\"'`=<>()[]{},;?&#|\\")+1:]
	if _, host, ok := strings.Cut(before, "//"); ok {
		before = host
	}
	return !strings.Contains(before, "/")
}

// isWord reports whether the byte at a place continues an alias.
func isWord(s string, at int) bool {
	return at < len(s) && (s[at] >= 'a' && s[at] <= 'z' || s[at] >= '0' && s[at] <= '9' || s[at] == '-')
}

// match returns where an alias ends that begins at a place, or 0. Each of its characters
// may be percent-encoded, more than once.
func match(s string, at int, alias string) (end int) {
	for _, want := range []byte(alias) {
		if at >= len(s) {
			return 0
		}
		got, n := decode(s[at:])
		if got != want {
			return 0
		}
		at += n
	}
	return at
}

// afterSlash returns where a slash ends that begins at a place, or 0.
func afterSlash(s string, at int) int {
	if at < len(s) {
		if got, n := decode(s[at:]); got == '/' {
			return at + n
		}
	}
	return 0
}

// beforeSlash returns where a slash begins that ends at a place, or else that place.
func beforeSlash(s string, at int) int {
	if at > 0 && s[at-1] == '/' {
		return at - 1
	}
	if at < 3 || s[at-2] != '2' || s[at-1]|0x20 != 'f' {
		return at
	}
	from := at - 2
	for from >= 2 && s[from-2:from] == "25" {
		from -= 2
	}
	if s[from-1] != '%' {
		return at
	}
	return from - 1
}

// decode returns the first byte of a text, and how many it takes. "%2F" and "%252F" are
// slashes.
func decode(s string) (b byte, n int) {
	if s[0] != '%' {
		return s[0], 1
	}
	for n = 1; strings.HasPrefix(s[n:], "25") && len(s) >= n+4; n += 2 {
		if _, ok := hex(s[n+2], s[n+3]); !ok {
			break
		}
	}
	if len(s) >= n+2 {
		if b, ok := hex(s[n], s[n+1]); ok {
			return b, n + 2
		}
	}
	return '%', 1
}

func hex(high, low byte) (b byte, ok bool) {
	h, l := digit(high), digit(low)
	return h<<4 | l, h < 16 && l < 16
}

func digit(b byte) byte {
	switch {
	case b >= '0' && b <= '9':
		return b - '0'
	case b|0x20 >= 'a' && b|0x20 <= 'f':
		return b | 0x20 - 'a' + 10
	}
	return 255
}
