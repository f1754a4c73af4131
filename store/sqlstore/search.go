package sqlstore

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/postern-go/postern/store"
)

// longest leaves out the words that other ones begin with: who has those has
// these. The words are sorted, so what begins with a word comes right after it.
func longest(words []string) []string {
	var kept []string
	for i, word := range words {
		if i+1 == len(words) || !strings.HasPrefix(words[i+1], word) {
			kept = append(kept, word)
		}
	}
	return kept
}

// prefixesOf is everything that a word of the operator's names begins with.
func prefixesOf(o store.Operator) []string {
	var all []string
	for _, word := range append(store.Words(text(o.NameKey)), store.Words(text(o.EmailKey))...) {
		for i, r := range word {
			all = append(all, word[:i+utf8.RuneLen(r)])
		}
	}
	return distinct(all)
}

// searchOperators lists the operators that have all of the words. By name, the
// index of the rarest word has them in order. Otherwise they are sorted, if the
// word is rare, and if it is not, it does not take long to find enough of them
// among all operators in order.
func (s *Store) searchOperators(ctx context.Context, q store.OperatorQuery, words []string) ([]store.OperatorRow, error) {
	byName := q.Sort != store.ByLastActive && q.Sort != store.ByCreated
	rarest, count := words[0], 1
	if len(words) > 1 || !byName {
		var err error
		if rarest, count, err = s.rarest(ctx, words); err != nil || count == 0 {
			return nil, err
		}
	}
	if !byName && count == few {
		p := newOperatorPage(q, operators)
		p.andWords(words, `o.name_key`, `o.id`)
		p.andRoleAndShown()
		return p.read(ctx, s)
	}
	from := havePrefix
	if !byName {
		from = sortPrefixed
	}
	p := newOperatorPage(q, from)
	p.and(`p.prefix = ? AND o.id = p.operator_id`, rarest)
	others := slices.DeleteFunc(words, func(word string) bool { return word == rarest })
	p.andWords(others, `p.name_key`, `p.operator_id`)
	p.andRoleAndShown()
	return p.read(ctx, s)
}

// rarest is the word that the fewest operators have, and how many, at most few.
// It compares the longest ones only.
func (s *Store) rarest(ctx context.Context, words []string) (rarest string, count int, err error) {
	const (
		compared = 3
		query    = `SELECT COUNT(*) FROM (SELECT 1 FROM postern_operator_prefixes WHERE prefix = ? LIMIT ?) counted`
	)
	words = slices.SortedStableFunc(slices.Values(words), func(a, b string) int { return len(b) - len(a) })
	count = few + 1
	for _, word := range words[:min(len(words), compared)] {
		n, err := find(ctx, s, value[int], query, word, few)
		if err != nil {
			return "", 0, err
		}
		if n < count {
			rarest, count = word, n
		}
	}
	return rarest, count, nil
}

// andWords selects those that have all of the words. The columns are of the
// table that leads, so that the others are not read in vain.
func (p *operatorPage) andWords(words []string, nameKey, id string) {
	const maxOnes = 8
	of := ` AND w.name_key = ` + nameKey + ` AND w.operator_id = ` + id
	ones := words[:min(len(words), maxOnes)]
	for _, word := range ones {
		p.and(`EXISTS (SELECT 1 FROM postern_operator_prefixes w WHERE w.prefix = ?`+of+`)`, word)
	}
	if more := words[len(ones):]; len(more) > 0 {
		// One condition for any number, which databases plan less well.
		p.and(`(SELECT COUNT(*) FROM postern_operator_prefixes w
			WHERE w.prefix IN (SELECT value FROM json_array_elements_text(?))`+of+`) = ?`, more, len(more))
	}
}

// andRoleAndShown selects by role and state, where a search leads.
func (p *operatorPage) andRoleAndShown() {
	if p.query.RoleID != "" {
		p.and(`EXISTS (SELECT 1 FROM postern_role_holders h WHERE h.operator_id = o.id AND h.role_id = ?)`, p.query.RoleID)
	}
	p.andShown()
}
