package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

const (
	documentFile = "docs/performance.md"
	chartFile    = "docs/performance.svg"
	command      = "make bench"
)

// section is the part of the document that is generated.
var section = regexp.MustCompile(`(?s)<!-- measured -->\n.*?<!-- end of measured -->`)

// document writes the table into the document, and the chart beside it.
func document(root string, all []measurement, b bars) error {
	file := filepath.Join(root, documentFile)
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !section.Match(text) {
		return fmt.Errorf("%s has no section that is measured", file)
	}
	fresh := section.ReplaceAllLiteralString(string(text), "<!-- measured -->\n"+tabled(all)+"<!-- end of measured -->")
	if err := os.WriteFile(file, []byte(fresh), 0o644); err != nil { //nolint:gosec // everyone may read it
		return err
	}
	return os.WriteFile(filepath.Join(root, chartFile), []byte(b.chart()), 0o644) //nolint:gosec // everyone may read it
}

// tabled writes the table in Markdown, and the details of each figure below it.
func tabled(all []measurement) string {
	var t strings.Builder
	fmt.Fprintf(&t, "Measured on %s with `%s`: %s.\n\n", time.Now().UTC().Format("2 January 2006"), command, machine())
	t.WriteString("| | figure | wanted | measured | |\n| --- | --- | --- | --- | --- |\n")
	for i, m := range all {
		fmt.Fprintf(&t, "| %d | %s | %s | %s | %s |\n", i+1, m.name, m.wanted, m.got, m.verdict())
	}
	t.WriteString("\nBeside them, by row:\n\n")
	for i, m := range all {
		if len(m.beside) > 0 {
			fmt.Fprintf(&t, "- %d: %s\n", i+1, strings.Join(m.beside, "; "))
		}
	}
	return t.String()
}
