package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// madeInMySQL are columns that its migrations make besides those of officeTables.
var madeInMySQL = map[string][]string{
	"guards": {"touch"}, "operators": {"touch"}, "sessions": {"touch"}, "parameters": {"min_version"}, "events": {"area"}, "mails": {"sealed_id"},
}

// bytewise are the collations of the migrations, in MySQL and in MariaDB.
var bytewise = []string{"utf8mb4_0900_bin", "utf8mb4_nopad_bin"}

// checkColumns reports tables that are not those of the migrations, which pass over what is there
// by the same name, and text that is compared in another way, because a dump was edited: two
// names, or two ids, would then be one.
func (s *Store) checkColumns(ctx context.Context) error {
	var each []string
	for _, t := range officeTables {
		// One by one, as in checkEngines.
		each = append(each, "SELECT '"+t.name+"', column_name, COALESCE(collation_name, '') FROM information_schema.columns"+
			" WHERE table_schema = DATABASE() AND table_name = '"+s.prefix+t.name+"'")
	}
	collations := map[string]string{}
	_, err := list(ctx, s, func(r row) (_ any, err error) {
		var table, column, collation string
		err = r.Scan(&table, &column, &collation)
		collations[table+"."+column] = collation
		return nil, err
	}, strings.Join(each, " UNION ALL "))
	if err != nil {
		return err
	}
	var wrong []error
	for _, t := range officeTables {
		var missing []string
		text := ""
		for _, c := range append(slices.Clone(t.columns), plainFields(madeInMySQL[t.name])...) {
			switch collation, found := collations[t.name+"."+c.name]; {
			case !found:
				missing = append(missing, c.name)
			case c.kind == ofText && !slices.Contains(bytewise, collation):
				text = c.name + " by " + collation
			}
		}
		if len(missing) > 0 {
			wrong = append(wrong, fmt.Errorf("%s%s has no column %s, so it is not the table that the migrations make: rename it, or restore the one of the backup",
				s.prefix, t.name, strings.Join(missing, ", ")))
		}
		if text != "" {
			wrong = append(wrong, fmt.Errorf("%s%s compares %s, so different texts could be the same; run ALTER TABLE %[1]s%[2]s CONVERT TO CHARACTER SET utf8mb4 COLLATE %[4]s (in MariaDB: %[5]s)",
				s.prefix, t.name, text, bytewise[0], bytewise[1]))
		}
	}
	return errors.Join(wrong...)
}

func plainFields(names []string) []field {
	var all []field
	for _, name := range names {
		all = append(all, field{name: name})
	}
	return all
}
