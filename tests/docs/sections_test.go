package docs_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

var update = flag.Bool("update", false, "write the generated sections of the documents anew")

// section is a part of a document that a generator writes.
var section = regexp.MustCompile(`(?s)<!-- generated: ([a-z -]+) -->\n(.*?)<!-- end of generated -->`)

// generators write the marked sections, by the name in the mark.
func generators() map[string]func(t *testing.T) string {
	all := map[string]func(t *testing.T) string{
		"parameters":  parameters,
		"events":      events,
		"permissions": opened,
		"matrix":      matrix,
		"notices":     letterTable,
		"changes":     changes,
		"roles":       roles,
		"routes":      routes,
		"numbers":     numbers,
		"templates":   templateNames,
		"letters":     letterValues,
		"grants":      grants("grants.sql"),

		"grants of mysql": grants("grants_mysql.sql"),

		"commands":    commands,
		"samples":     samples,
		"ways in":     waysIn,
		"decides":     decides,
		"connections": connectionTable,
		"inputs":      inputRules,
		"reads":       reads,
		"together":    rulesBetween,
		"data":        data,
		"keys":        keys,
		"algorithms":  algorithms,

		"icons":      partIcons,
		"classes":    partPromises("class"),
		"properties": partPromises("property"),
		"pages":      pageFields,
		"types":      innerFields,
	}
	for _, name := range []string{"cancel", "live"} {
		all["template "+name] = func(t *testing.T) string {
			t.Helper()
			html, err := os.ReadFile(filepath.Join("guide", "pages", name+".html"))
			require.NoError(t, err)
			return "```html\n" + string(html) + "```\n"
		}
	}
	for _, name := range partNames {
		all["part "+name] = func(t *testing.T) string { return partMarkup(t, name) }
	}
	for name, s := range structs {
		all["fields of "+name] = s.table
	}
	for _, name := range snippets {
		all["code "+name] = func(t *testing.T) string { return snippet(t, name) }
	}
	return all
}

func TestGeneratedSectionsAreCurrent(t *testing.T) {
	all := generators()
	used := map[string]bool{}
	for path, text := range documents(t) {
		fresh := section.ReplaceAllStringFunc(text, func(old string) string {
			name := section.FindStringSubmatch(old)[1]
			generate := all[name]
			require.NotNil(t, generate, "%s: nothing generates %q", path, name)
			used[name] = true
			body := generate(t)
			require.NotContains(t, body, "<!--", name)
			return "<!-- generated: " + name + " -->\n" + strings.TrimRight(body, "\n") + "\n<!-- end of generated -->"
		})
		if *update && fresh != text {
			require.NoError(t, os.WriteFile(filepath.Join(need.Root(t), path), []byte(fresh), 0o644))
			continue
		}
		require.Equal(t, fresh, text, "%s is not what the code says; go test ./tests/docs -update", path)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		require.True(t, used[name], "no document shows the section %q", name)
	}
}

// documents are all Markdown files of the repository, by their path in it.
func documents(t *testing.T) map[string]string {
	t.Helper()
	root := need.Root(t)
	all := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			name, err := filepath.Rel(root, file)
			require.NoError(t, err)
			all[filepath.ToSlash(name)] = string(text)
		}
	}
	require.NotEmpty(t, all)
	return all
}

// table writes a Markdown table.
func table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	line(head)
	b.WriteString(strings.Repeat("| --- ", len(head)) + "|\n")
	for _, row := range rows {
		for i := range row {
			row[i] = strings.ReplaceAll(row[i], "|", `\|`)
		}
		line(row)
	}
	return b.String()
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

func codes(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, code(s))
	}
	return strings.Join(out, ", ")
}
