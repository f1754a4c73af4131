package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	documentFile = "docs/scale.md"
	command      = "make scale"
)

// section finds a part of the document that is generated, by its name.
func section(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)<!-- scale: ` + name + ` -->\n.*?<!-- end of scale -->`)
}

// document returns the text with all its generated parts made anew.
func document(text string, f figures, a assumptions) (string, error) {
	for name, part := range map[string]string{
		"costs": costs(f), "rows": rowsTable(f, a), "offices": officesTable(f), "speeds": speedsTable(f), "needs": needsTable(f, a), "one": oneTable(f, a),
	} {
		where := section(name)
		if !where.MatchString(text) {
			return "", fmt.Errorf("%s has no part %q", documentFile, name)
		}
		text = where.ReplaceAllLiteralString(text, "<!-- scale: "+name+" -->\n"+part+"<!-- end of scale -->")
	}
	return text, nil
}

func write(root string, f figures, a assumptions) error {
	name := filepath.Join(root, documentFile)
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	fresh, err := document(string(text), f, a)
	if err != nil {
		return err
	}
	return os.WriteFile(name, []byte(fresh), 0o644) //nolint:gosec // everyone may read it
}

// tabled writes a table in Markdown.
func tabled(head []string, rows [][]string) string {
	var t strings.Builder
	line := func(cells []string) { t.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(head)
	line(slices.Repeat([]string{"---"}, len(head)))
	for _, r := range rows {
		line(r)
	}
	return t.String()
}

// each says a value for every database, with slashes between, or once if it is the same for
// all.
func each(f figures, say func(measured) string) string {
	var all []string
	for _, d := range f.Databases {
		all = append(all, say(d))
	}
	if same := slices.Compact(slices.Clone(all)); len(same) == 1 {
		return same[0]
	}
	return strings.Join(all, " / ")
}

func names(f figures) string { return each(f, func(d measured) string { return d.Name }) }

// costs is the table of what acts cost.
func costs(f figures) string {
	var rows [][]string
	for _, a := range (&meter{office: &office{}}).acts() {
		rows = append(rows, []string{
			a.name,
			each(f, func(d measured) string { return fmt.Sprint(d.Acts[a.key].Statements) }),
			each(f, func(d measured) string { return fmt.Sprint(d.Acts[a.key].Saved) }),
			leaves(f.Databases[0].Acts[a.key]),
			each(f, func(d measured) string { return kib(d.Acts[a.key].Log) }),
			each(f, func(d measured) string { return millis(d.Acts[a.key].Office) }),
			each(f, func(d measured) string { return millis(d.Acts[a.key].Server) }),
		})
	}
	var versions []string
	busy := 0.0
	for _, d := range f.Databases {
		versions = append(versions, d.Name+" "+d.Version)
		busy = max(busy, d.Load)
	}
	others := ""
	if busy > 1 {
		others = fmt.Sprintf(" Other programs ran beside it, with a load average of %.0f, so times are longer than they would be alone.", busy)
	}
	return fmt.Sprintf("Measured on %s with `%s`: %s; %s. Several figures are those of %s; one is the same for all.%s\n\n", f.When, command, f.Machine, strings.Join(versions, ", "), names(f), others) +
		tabled([]string{"act", "statements", "waits for the disk", "rows that stay", "log", "office, ms of a core", "server, ms of a core"}, rows)
}

// leaves says which rows an act leaves.
func leaves(c cost) string {
	var all []string
	for table, n := range c.Rows {
		name := strings.ReplaceAll(table, "_", " ")
		if n == 1 {
			name = strings.TrimSuffix(name, "s")
		}
		all = append(all, fmt.Sprintf("%.2g %s", n, name))
	}
	if len(all) == 0 {
		return "none"
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func kib(bytes float64) string {
	if bytes == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f KiB", bytes/1024)
}

func millis(micros float64) string {
	if micros == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2g", micros/1000)
}

// rowsTable is the table of what rows take, and how many one office has.
func rowsTable(f figures, a assumptions) string {
	var rows [][]string
	for i, k := range a.steady(f.Databases[0]) {
		rows = append(rows, []string{
			strings.ReplaceAll(k.table, "_", " "), k.how, grouped(int(k.rows)),
			each(f, func(d measured) string {
				b := d.Tables[k.table]
				if b.all() < 1 { // all rows fit into the page that an empty table has
					return "-"
				}
				return fmt.Sprintf("%.0f + %.0f", b.Own, b.Indexes)
			}),
			each(f, func(d measured) string {
				return amount(a.steady(d)[i].rows * d.Tables[k.table].all() / (1 << 20))
			}),
		})
	}
	rows = append(rows, []string{"an office that is empty", "", "", "", each(f, func(d measured) string { return amount(d.Office.KiB / 1024) })})
	rows = append(rows, []string{"**in all**", "", "", "", each(f, func(d measured) string { return "**" + amount(a.bytes(d)/(1<<20)) + "**" })})
	return tabled([]string{"rows", "kept", "how many", "bytes of one: " + names(f), "MiB of one office"}, rows)
}

// officesTable is what an office costs that nobody uses.
func officesTable(f figures) string {
	row := func(what string, say func(emptyOffice) float64) []string {
		return []string{what, each(f, func(d measured) string { return amount(say(d.Office)) })}
	}
	return tabled([]string{"an office among others", names(f)}, [][]string{
		row("KiB on the disk", func(o emptyOffice) float64 { return o.KiB }),
		row("ms to make its tables", func(o emptyOffice) float64 { return o.MigrateMillis }),
		row("ms to open it", func(o emptyOffice) float64 { return o.OpenMillis }),
		row("KiB of memory in a process", func(o emptyOffice) float64 { return o.HeapKiB }),
		row("statements in an idle second", func(o emptyOffice) float64 { return o.IdleStatements }),
		row("ms of a core in an idle second, in the process", func(o emptyOffice) float64 { return o.IdleOffice / 1000 }),
		row("ms of a core in an idle second, in the server", func(o emptyOffice) float64 { return o.IdleServer / 1000 }),
		row("the same, with statements that the driver does not keep", func(o emptyOffice) float64 { return o.idleServer() / 1000 }),
	})
}

// speedsTable is what can be done in a second.
func speedsTable(f figures) string {
	row := func(what string, say func(speed) float64) []string {
		return []string{what, each(f, func(d measured) string { return amount(say(d.Speed)) })}
	}
	return tabled([]string{"in a second", names(f)}, [][]string{
		row("commits with an audit entry, one writer", func(s speed) float64 { return s.OneWriter }),
		row(fmt.Sprintf("the same, %d writers on one audit log", writers), func(s speed) float64 { return s.Writers }),
		row(fmt.Sprintf("the same, %d writers on %d audit logs", writers, writers), func(s speed) float64 { return s.Apart }),
		row(fmt.Sprintf("requests behind the guard, %d at a time", poolSize), func(s speed) float64 { return s.Guarded }),
		row("µs of a core for each, in the process", func(s speed) float64 { return s.GuardOffice }),
		row("µs of a core for each, in the server", func(s speed) float64 { return s.GuardServer }),
		{"hashes per core", fmt.Sprintf("%s, each %.0f ms and %d MiB", amount(1000/f.HashMillis), f.HashMillis, f.HashMiB)},
	})
}

// oneTable is how much one office can do, on the machines that are assumed.
func oneTable(f figures, a assumptions) string {
	row := func(what string, most func(measured) float64) []string {
		day := func(d measured) string { return amount(most(d) * secondsOfDay / a.Peak) }
		return []string{what, each(f, func(d measured) string { return amount(most(d)) }), each(f, day)}
	}
	cores := func(d measured) float64 {
		if d.Name == inProcess {
			return float64(a.Cores)
		}
		return float64(a.Cores * a.Replicas)
	}
	return tabled([]string{"one office: " + names(f), "a second, at most", fmt.Sprintf("a day, with a busiest minute of %g times that", a.Peak)}, [][]string{
		row("changes, each with an audit entry", func(d measured) float64 { return max(d.Speed.OneWriter, d.Speed.Writers) }),
		row("passwords, by hashing", func(d measured) float64 { return cores(d) * 1000 / f.HashMillis }),
		row("requests, by the cores of the process", func(d measured) float64 { return cores(d) * 1e6 / d.Speed.GuardOffice }),
		row("requests, by the cores of the server", func(d measured) float64 {
			if d.Speed.GuardServer == 0 {
				return 0
			}
			return float64(a.Cores) * 1e6 / d.Speed.GuardServer
		}),
	})
}
