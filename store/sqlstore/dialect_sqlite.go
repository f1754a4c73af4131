package sqlstore

// SQLite returns the dialect for SQLite 3.38 or later, with any driver.
func SQLite() Dialect {
	return Dialect{&dialect{
		name:         "sqlite",
		probe:        "SELECT sqlite_version()",
		requirements: sqliteRequirements,
		check:        checkSQLite,
		writable:     "let this account write the file and its folder, and take mode=ro and immutable=1 out of the data source name",
		advice:       adviceSQLite,
		hasTable:     "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?",
		now:          "0",
		// That a file cannot be written shows only when someone tries.
		readOnly: "0",
		// A transaction that begins as a reader cannot always become a writer.
		begin:          []string{"BEGIN IMMEDIATE"},
		beginMigration: []string{"BEGIN IMMEDIATE"},
		oneWriter:      true,
		returning:      true,
		prepares:       true,
		recommit:       true,
		undone:         func(err error) bool { return conditionInSQLite(err) == busy },
		condition:      conditionInSQLite,
		syntax: sqlite{standard{jsonWords{
			aggregate: "json_group_array", array: "json_array",
			columns: [...]string{bytesColumn: "hex(@)", plainColumn: "@", flagColumn: "@", jsonColumn: "json(@)"},
		}}},
	}}
}

type sqlite struct{ standard }

func (sqlite) placeholders(query string) string { return query }

// Nobody else can write.
func (sqlite) lock(query string) string     { return query }
func (sqlite) lockFree(query string) string { return query }

func (sqlite) countUnchanged(n int) string {
	const unchanged = `), held AS (SELECT c.id FROM given g CROSS JOIN postern_counters c WHERE c.id = g.id
		AND c.hits = g.was AND c.first_at = g.was_first_at AND c.last_at = g.was_last_at)`
	return givenCounters + repeated(givenCounter, ", ", n) + unchanged + storeGiven
}

func (sqlite) has(list, element string) string {
	return `EXISTS (SELECT 1 FROM json_each(` + list + `) j WHERE j.value = ` + element + `)`
}

func (sqlite) contains(column string) string { return `instr(` + column + `, ?) > 0` }
