package sqlstore

import (
	"fmt"
	"strings"

	"github.com/postern-go/postern/store"
)

// taken turns the violation of a unique constraint into its sentinel. The code
// looks before it writes, under a lock; this is for rows that somebody else
// writes, who does not take our locks. Drivers share no error type, but all of
// them pass on the database's words, which name the constraint: "operators_
// name_key_key" in PostgreSQL, "operators.name_key" in SQLite.
func taken(err error) error {
	if err == nil {
		return nil
	}
	text := strings.ToLower(err.Error())
	if !strings.Contains(text, "unique constraint") {
		return err
	}
	for _, sentinel := range []struct {
		column string
		err    error
	}{
		{"name_key", store.ErrNameTaken},
		{"email_key", store.ErrEmailTaken},
		{"member_id", store.ErrMemberTaken},
	} {
		if strings.Contains(text, sentinel.column) {
			return fmt.Errorf("%w: %w", sentinel.err, err)
		}
	}
	return fmt.Errorf("%w: %w", store.ErrExists, err)
}
