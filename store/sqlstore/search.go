package sqlstore

import "unicode/utf8"

// search reads a list by the phrases that begin with one. Each operator comes
// once, with the first of theirs.
func (l *listing) search(phrase string) {
	const first = `NOT EXISTS (SELECT 1 FROM postern_operator_phrases q
		WHERE q.operator_id = p.operator_id AND q.phrase >= ? AND q.phrase < p.phrase)`
	// No phrase holds this character, so it comes after all that go on.
	end := phrase + string(utf8.MaxRune)
	l.whole = lead{
		table: `postern_operator_phrases p`, key: `p.phrase, p.operator_id`,
		is:   where(`p.phrase < ? AND `+first, end, phrase),
		join: where(`o.id = p.operator_id`),
	}
	// One lower bound only: databases may take either for where to begin.
	if l.after == nil || l.after[0].(string) < phrase {
		l.after = []any{phrase, ""}
	}
}
