package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/postern-go/postern/tests/requirements"
)

// mutation replaces a text that a file holds exactly once.
type mutation struct {
	// row is the first column of docs/requirements.md.
	row string
	// by is the test of the row that must fail: the cheapest that can. It may end in
	// the path of a subtest.
	by             string
	file, old, new string
}

// folder returns the folder of the test's package.
func (m mutation) folder() string {
	folder, _, _ := requirements.Test(m.test())
	return folder
}

// test returns the test as the document names it, without a subtest.
func (m mutation) test() string {
	dot := strings.LastIndex(m.by, ".Test")
	if dot < 0 {
		return m.by
	}
	function, _, _ := strings.Cut(m.by[dot:], "/")
	return m.by[:dot] + function
}

// pattern returns what -test.run selects the test by.
func (m mutation) pattern() string {
	_, function, _ := requirements.Test(m.test())
	elements := append([]string{function}, strings.Split(strings.TrimPrefix(m.by[len(m.test()):], "/"), "/")...)
	for i, e := range elements {
		if e != "" {
			elements[i] = "^" + regexp.QuoteMeta(e) + "$"
		}
	}
	return strings.TrimSuffix(strings.Join(elements, "/"), "/")
}

// apply returns the file with the mutation.
func (m mutation) apply(root string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(m.file)))
	if err != nil {
		return nil, err
	}
	if n := strings.Count(string(text), m.old); n != 1 {
		return nil, fmt.Errorf("%s holds this %d times instead of once: %s", m.file, n, m.old)
	}
	return []byte(strings.Replace(string(text), m.old, m.new, 1)), nil
}

// unmutated are rows that name a test but have no mutation, and why.
var unmutated = map[string]string{}

// table returns all mutations.
func table() []mutation {
	return slices.Concat(passwords, throttling, resets, codes, sessions, authorization, forgery, cryptography, audit, configuration, neighbours, passkeys)
}

// mistakes returns what is wrong with the table, in sentences.
func mistakes(root string, rows []requirements.Row, all []mutation) (found []string) {
	byID := map[string]requirements.Row{}
	for _, r := range rows {
		byID[r.ID] = r
	}
	mutated := map[string]bool{}
	for _, m := range all {
		mutated[m.row] = true
		if r, ok := byID[m.row]; !ok {
			found = append(found, fmt.Sprintf("there is no row %q", m.row))
		} else if !slices.Contains(r.Proofs(), m.test()) {
			found = append(found, fmt.Sprintf("%s does not name %s", m.row, m.by))
		}
		if m.old == m.new {
			found = append(found, fmt.Sprintf("%s: nothing is changed: %s", m.row, m.old))
		}
		if _, err := m.apply(root); err != nil {
			found = append(found, fmt.Sprintf("%s: %v", m.row, err))
		}
	}
	for _, r := range rows {
		reason := unmutated[r.ID]
		switch {
		case mutated[r.ID] && reason != "":
			found = append(found, r.ID+" has a mutation, and a reason for having none")
		case wanted(r) && !mutated[r.ID] && reason == "":
			found = append(found, r.ID+" has no mutation, and no reason for having none")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(unmutated)) {
		if !wanted(byID[id]) {
			found = append(found, id+" needs no reason for having no mutation")
		}
	}
	return found
}

// wanted reports whether a row must have a mutation: one of level 1 or 2, or that a
// standard demands, whose proof names a test.
func wanted(r requirements.Row) bool {
	demanded := slices.ContainsFunc([]string{"L1", "L2", "SHALL", "MUST"}, func(s string) bool { return strings.Contains(r.Level, s) })
	tested := slices.ContainsFunc(r.Proofs(), func(name string) bool {
		_, _, ok := requirements.Test(name)
		return ok
	})
	return demanded && tested && (r.State == requirements.Holds || r.State == requirements.Departs || r.State == requirements.HoldsInPart)
}
