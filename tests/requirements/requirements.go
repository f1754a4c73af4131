// Package requirements reads docs/requirements.md, so that what checks the document
// and what checks its proofs read the same rows.
package requirements

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// The states of a row.
const (
	Holds       = "holds"
	Departs     = "departs"
	HoldsInPart = "in part"
	Open        = "open"
	NotHere     = "not here"
)

// Row is a row of the tables below the headings of the parts.
type Row struct {
	// Part is the letter of the table.
	Part string
	ID   string
	// Level is that of ASVS, or the word of the standard: "L1 · SHALL".
	Level                string
	State, Proof, Reason string
}

// Level is a line of tests/docs/testdata/requirements.txt, which has the rows that
// the document must answer.
type Level struct{ Part, ID, Level string }

var (
	heading = regexp.MustCompile(`^## ([A-L])\. `)
	code    = regexp.MustCompile("`[^`]+`")
	test    = regexp.MustCompile(`^([a-z0-9_/]+)\.((?:Test|Fuzz|Benchmark|Example)[A-Za-z0-9_]*)$`)
)

// Read reads the rows, in their order. root is the folder of the repository.
func Read(root string) ([]Row, error) {
	levels, err := Levels(root)
	if err != nil {
		return nil, err
	}
	level := map[string]string{}
	for _, l := range levels {
		level[l.ID] = l.Level
	}
	text, err := os.ReadFile(filepath.Join(root, "docs", "requirements.md"))
	if err != nil {
		return nil, err
	}
	var rows []Row
	part := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			part = ""
			if found := heading.FindStringSubmatch(line); found != nil {
				part = found[1]
			}
			continue
		}
		if part == "" || !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") || strings.HasPrefix(line, "| row |") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "| "), " |"), " | ")
		if len(cells) != 5 {
			return nil, fmt.Errorf("docs/requirements.md: %d cells instead of 5: %s", len(cells), line)
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, Row{part, cells[0], level[cells[0]], cells[2], cells[3], cells[4]})
	}
	return rows, nil
}

// Levels reads the rows that the document must answer.
func Levels(root string) ([]Level, error) {
	text, err := os.ReadFile(filepath.Join(root, "tests", "docs", "testdata", "requirements.txt"))
	if err != nil {
		return nil, err
	}
	var all []Level
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if len(cells) != 3 {
			return nil, fmt.Errorf("requirements.txt: not three cells: %s", line)
		}
		all = append(all, Level{cells[0], cells[1], cells[2]})
	}
	return all, nil
}

// Proofs returns what the proof of a row names: tests and files.
func (r Row) Proofs() []string {
	var all []string
	for _, span := range code.FindAllString(r.Proof, -1) {
		all = append(all, strings.Trim(span, "`"))
	}
	return all
}

// Test splits the name of a test as documents write it: the folder of its package, a
// dot, the function.
func Test(name string) (folder, function string, ok bool) {
	found := test.FindStringSubmatch(name)
	if found == nil {
		return "", "", false
	}
	return found[1], found[2], true
}
