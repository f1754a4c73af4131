package desk

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"unicode"

	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// maxMemberText is how much is kept of what the community says of a member, in
// characters, and maxDerivedName how much of it is in a derived name, which needs room
// for a number. mostNumbers is how many numbers are tried.
const (
	maxMemberText  = 254
	maxDerivedName = maxName - 5
	mostNumbers    = 1000
)

// memberText turns what the community says of a member into one printable line.
// Characters that show nothing, or change the direction of others, are left out, as are
// marks of which a letter has too many.
func memberText(s string) string {
	text := []rune(strings.Join(strings.Fields(norm.NFC.String(strings.ToValidUTF8(s, ""))), " "))
	kept := make([]rune, 0, len(text))
	for i, r := range text {
		switch {
		case unicode.IsControl(r):
			kept = append(kept, ' ')
		case line.Invisible(r) && !line.HasPlace(text, i), !line.Invisible(r) && !unicode.IsPrint(r), r == '\uFFFC', r == unicode.ReplacementChar, line.Piled(text, i):
		default:
			kept = append(kept, r)
		}
	}
	return strings.Join(strings.Fields(string(shortened(kept, maxMemberText))), " ")
}

// cleanMember returns a member whose name can be shown.
func cleanMember(m Member) Member {
	m.Name = memberText(m.Name)
	if !strings.ContainsFunc(m.Name, line.Visible) {
		m.Name = ""
	}
	return m
}

// Called is how pages call a member, who may have no name.
func (m Member) Called() messages.Text {
	for _, s := range []string{m.Name, memberText(m.Email)} {
		if s != "" {
			return messages.Plain(s)
		}
	}
	return messages.New("members.nameless", "id", OneLine(m.ID, maxName))
}

// shortened returns at most max characters of a text, and ends between two that people
// see as such: no letter loses its accent, no family its children.
func shortened(s []rune, max int) []rune {
	if len(s) <= max {
		return s
	}
	for max > 0 && joinsBefore(s, max) {
		max--
	}
	return s[:max]
}

// joinsBefore reports whether the character s[i] belongs to the one before it.
func joinsBefore(s []rune, i int) bool {
	r := s[i]
	if unicode.In(r, unicode.M, unicode.Variation_Selector) || line.Invisible(r) || r >= '\U0001F3FB' && r <= '\U0001F3FF' || s[i-1] == '\u200D' {
		return true
	}
	if !isRegional(r) {
		return false
	}
	flags := i
	for flags > 0 && isRegional(s[flags-1]) {
		flags--
	}
	return (i-flags)%2 == 1
}

// isRegional reports whether a character is one of the two that make a flag.
func isRegional(r rune) bool { return r >= '\U0001F1E6' && r <= '\U0001F1FF' }

// derivedNames yields the names that an operator may get who has none, the best first: what
// the community calls them, then what is before the "@" of their email address, also with
// the domain, then the message last in the language of the office, each with a number if need
// be. Some may be empty.
func (d *Desk) derivedNames(name, email, last string) iter.Seq[string] {
	local, domain, _ := strings.Cut(memberText(email), "@")
	label, _, _ := strings.Cut(domain, ".")
	called, mailbox := d.nameWithin(name), d.nameWithin(local)
	return func(yield func(string) bool) {
		_ = yield(called) && numbered(called, 2, yield) &&
			yield(mailbox) && yield(d.nameWithin(local+" ("+label+")")) && numbered(mailbox, 2, yield) &&
			numbered(d.Messages.In(d.Language()).Text(last), 1, yield)
	}
}

// numbered yields a name, unless it is empty, with numbers. It returns false once no more
// are wanted.
func numbered(base string, from int, yield func(string) bool) bool {
	for n := range mostNumbers {
		if base != "" && !yield(fmt.Sprintf("%s %d", base, from+n)) {
			return false
		}
	}
	return true
}

// atSigns makes one of the characters that names cannot have because they read as "@".
var atSigns = strings.NewReplacer("＠", "@", "﹫", "@")

// nameWithin returns the longest part of a text that can be an operator's name, or "".
func (d *Desk) nameWithin(text string) string {
	text = strings.TrimSpace(strings.TrimLeft(atSigns.Replace(text), "@ "))
	if before, _, at := strings.Cut(text, "@"); at && !strings.ContainsAny(text, " ") {
		text = before // it is an email address
	}
	text = strings.ReplaceAll(text, "@", " ")
	for _, keep := range []func(rune) bool{
		func(rune) bool { return true },
		func(r rune) bool {
			_, err := precis.Nickname.String(string(r))
			return r == ' ' || line.Invisible(r) || err == nil && !strings.ContainsRune(strokes+accents, r)
		},
		func(r rune) bool {
			return r == ' ' || r == '-' || r == '\'' || unicode.In(r, unicode.L, unicode.M, unicode.N)
		},
	} {
		kept := []rune(strings.Join(strings.Fields(strings.Map(func(r rune) rune {
			if keep(r) {
				return r
			}
			return -1
		}, text)), " "))
		for max := maxDerivedName; max > 0; max -= 8 {
			name := string(shortened(kept, max))
			if len(NameKey(name)) > maxKey-8 {
				continue
			}
			bad := &InvalidError{}
			if name = d.operatorName(name, bad); bad.Err() == nil {
				return name
			}
			break
		}
	}
	return ""
}

// firstFree returns the first of several names that an operator can have and that no one
// else has, here or in the community.
func (d *Desk) firstFree(ctx context.Context, o store.Operator, names iter.Seq[string]) (string, error) {
	for name := range names {
		bad := &InvalidError{}
		if name = d.operatorName(name, bad); bad.Err() != nil {
			continue
		}
		_, err := d.findByLogin(ctx, ParseLogin(name))
		if err == nil {
			continue
		}
		if !isNotFound(err) {
			return "", fmt.Errorf("find operator: %w", err)
		}
		whose, err := d.knownElsewhere(ctx, o, name)
		if err != nil || whose == "" {
			return name, err
		}
	}
	return "", invalid("name", "required", messages.New("operators.name_needed"))
}
