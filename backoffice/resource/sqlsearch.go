package resource

import "strings"

// search writes the condition that a row matches all that was typed, or each word. Columns
// are quoted.
func (s *statement) search(columns, words []string, contains bool) {
	if len(columns) == 0 {
		s.add("1 = 0") // there is nothing to find it in
		return
	}
	found := func(text string) {
		s.add("(")
		for i, column := range columns {
			if i > 0 {
				s.add(" OR ")
			}
			s.like(column, text, contains)
		}
		s.add(")")
	}
	s.add("(")
	if len(words) > 1 && !contains {
		found(strings.Join(words, " "))
		s.add(" OR ")
	}
	s.add("(")
	for i, word := range words {
		if i > 0 {
			s.add(" AND ")
		}
		found(word)
	}
	s.add("))")
}

// wildcards makes letters of what LIKE would take for wildcards. In MySQL, where the
// sql_mode says what a backslash is, another character escapes them.
var (
	wildcards      = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	mysqlWildcards = strings.NewReplacer(`|`, `||`, `%`, `|%`, `_`, `|_`)
)

func (s *statement) like(column, text string, contains bool) {
	pattern := s.literal(text) + "%"
	if contains {
		pattern = "%" + pattern
	}
	if s.syntax == postgres {
		// The backslash is the escape character there anyway; naming it would keep the
		// planner from seeing the prefix.
		s.add("lower(")
		s.name(column)
		s.add(") LIKE lower(?)", pattern)
		return
	}
	s.name(column)
	if s.syntax == mysql {
		s.add(` LIKE ? ESCAPE '|'`, pattern)
		return
	}
	s.add(` LIKE ? ESCAPE '\'`, pattern)
}

// literal is a text in which LIKE finds no wildcards.
func (s *statement) literal(text string) string {
	if s.syntax == mysql {
		return mysqlWildcards.Replace(text)
	}
	return wildcards.Replace(text)
}
