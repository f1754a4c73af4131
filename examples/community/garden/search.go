package garden

import (
	"context"
	"fmt"
	"strings"

	"github.com/postern-go/postern/mail"
)

// searchMembers goes on in the index of names where the page before ended, so
// that the last page costs what the first one does.
const searchMembers = `SELECT ` + memberColumns + ` FROM members
	WHERE name_key > ?1 AND (name_key LIKE ?2 ESCAPE '\' OR name_key LIKE '% ' || ?2 ESCAPE '\' OR email_key LIKE ?3 ESCAPE '\')
	ORDER BY name_key LIMIT ?4`

// Search returns at most limit members in the order of their names: those with
// a word of the name, or an address, that begins with the query, and everybody
// for an empty one. after is the next of the page before, or empty; next is
// empty at the end.
func (g *Garden) Search(ctx context.Context, query, after string, limit int) (members []Member, next string, err error) {
	rows, err := g.db.QueryContext(ctx, searchMembers, after, beginning(fold(query)), beginning(mail.FoldEmailAddress(query)), limit+1)
	if err != nil {
		return nil, "", fmt.Errorf("search members: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		m, err := scanMember(rows)
		if err != nil {
			return nil, "", fmt.Errorf("search members: %w", err)
		}
		members = append(members, m)
	}
	if err := rows.Err(); err != nil {
		return nil, "", fmt.Errorf("search members: %w", err)
	}
	if len(members) <= limit {
		return members, "", nil
	}
	members = members[:limit]
	return members, fold(members[limit-1].Name), nil
}

// beginning is a LIKE pattern for what begins with text, whatever is in it.
func beginning(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
