package sqlstore

import (
	"context"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// What lists are filtered by stands once more beside what they are sorted by.

const deleteHolder = `DELETE FROM postern_role_holders WHERE operator_id = ?`

// copyRoles brings the holders of roles up to date with an operator that was
// put in the place of another.
func (t *tx) copyRoles(ctx context.Context, o, before store.Operator) error {
	const insert = `INSERT INTO postern_role_holders (role_id, operator_id, name_key, newest_active, newest_created)
		SELECT v.value, o.id, o.name_key, o.newest_active, o.newest_created
		FROM postern_operators o CROSS JOIN json_array_elements_text(?) v WHERE o.id = ?`
	roles := func(o store.Operator) []string {
		all := o.AllRoles()
		for i, id := range all {
			all[i] = text(id)
		}
		return distinct(all)
	}
	now := roles(o)
	if o.Version != 0 && slices.Equal(now, roles(before)) && text(o.NameKey) == before.NameKey &&
		micros(o.CreatedAt) == micros(before.CreatedAt) {
		return nil
	}
	if _, err := t.exec(ctx, deleteHolder, o.ID); err != nil {
		return err
	}
	_, err := t.exec(ctx, insert, now, o.ID)
	return err
}

const deletePhrases = `DELETE FROM postern_operator_phrases WHERE operator_id = ?`

// copyPhrases brings what is searched up to date.
func (t *tx) copyPhrases(ctx context.Context, o, before store.Operator) error {
	const insert = `INSERT INTO postern_operator_phrases (phrase, operator_id)
		SELECT v.value, o.id FROM postern_operators o CROSS JOIN json_array_elements_text(?) v WHERE o.id = ?`
	if o.Version != 0 {
		if text(o.NameKey) == before.NameKey && text(o.EmailKey) == before.EmailKey {
			return nil
		}
		if _, err := t.exec(ctx, deletePhrases, o.ID); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, insert, store.Phrases(text(o.NameKey), text(o.EmailKey)), o.ID)
	return err
}

// turnOperators moves those whose state has turned by now to where lists look
// for it first.
func (t *tx) turnOperators(ctx context.Context, now time.Time) error {
	const query = `UPDATE postern_operators SET shown = ? WHERE id IN (
		SELECT o.id FROM postern_operators o WHERE o.shown = ? AND o.turns_at <= ? ORDER BY o.id FOR UPDATE)`
	for _, state := range []store.OperatorShow{store.ShowLocked, store.ShowInvited} {
		if _, err := t.exec(ctx, query, string(turns[state].to), string(state), now); err != nil {
			return err
		}
	}
	return nil
}
