package sqlstore

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/store"
)

// A database may be newer than the program: while replicas are replaced one by one, and after
// a release was taken back. Migrations add what older programs can do without, so most change
// nothing for them. One that older programs must not outlive raises min_version, in the row of
// parameters, which every request, every sign-in and Run read anyway. From that commit on,
// they are refused what they read.

// revisionIn is an expression: the revision of the parameters, or below zero, as fence reads it,
// if this program must not use the tables. It costs requests no further column.
func (s *Store) revisionIn(table string) string {
	return fmt.Sprintf("CASE WHEN %smin_version <= %d THEN %[1]srevision ELSE -%[1]smin_version END", table, s.schema)
}

// fence refuses what was read if its revision says so.
func (s *Store) fence(revision int64) error {
	if revision >= 0 {
		return nil
	}
	return fmt.Errorf("%w: programs must know version %d of the tables, and this one knows %d: a newer program migrated them: replace this one by that, "+
		"or restore the backup from before it", store.ErrIncompatible, -revision, s.schema)
}

// checkFence refuses tables that are too new for this program.
func (s *Store) checkFence(ctx context.Context, r reader) error {
	revision, err := find(ctx, r, value[int64], `SELECT `+s.revisionIn("")+` FROM postern_parameters WHERE id = 1`)
	if err != nil {
		return err
	}
	return s.fence(revision)
}
