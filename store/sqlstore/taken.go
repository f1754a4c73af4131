package sqlstore

import (
	"fmt"
	"strings"

	"github.com/postern-go/postern/internal/mysqlerror"
	"github.com/postern-go/postern/store"
)

// taken turns the violation of a unique constraint into its sentinel. The code
// checks before it writes, under a lock; this is for rows written by others, who do
// not take our locks. Drivers share no error type, but all of them pass on the
// database's message, which names the constraint: "operators_name_key_key" in
// PostgreSQL, "operators.name_key" in SQLite. PostgreSQL may speak any language
// (lc_messages), but its SQLSTATE is the same. MySQL quotes the value before the key.
func taken(err error) error {
	if err == nil {
		return nil
	}
	text := strings.ToLower(err.Error())
	switch key, isTaken := mysqlerror.TakenKey(err); {
	case isTaken:
		text = key
	case stateOf(err) != "23505" && !strings.Contains(text, "unique constraint"):
		return err
	}
	for _, sentinel := range []struct {
		column string
		err    error
	}{
		{"name_key", store.ErrNameTaken},
		{"email_key", store.ErrEmailTaken},
		{"member_id", store.ErrMemberTaken},
		{"operators_subject", store.ErrSubjectTaken}, {"operators.subject", store.ErrSubjectTaken},
	} {
		if strings.Contains(text, sentinel.column) {
			return fmt.Errorf("%w: %w", sentinel.err, err)
		}
	}
	return fmt.Errorf("%w: %w", store.ErrExists, err)
}
