// Command mutants checks that the tests named in docs/requirements.md can fail. For
// each row there is a mutation: a small change, such as a careless developer would
// make, that breaks what the row promises. Each is made in a scratch copy of the
// repository, and a test that the row names is run there. If it passes, the mutation
// survives, and the row's proof proves nothing.
//
//	go run ./tests/mutants              all of them; exits with 1 unless all are killed
//	go run ./tests/mutants -only 6.2.1  those of the rows whose name contains the text
//	go run ./tests/mutants -list        the table, without running anything
//
// It is also an error if the text of a mutation is not found exactly once, if the
// mutated code does not compile, if the test fails without the mutation, or if a row of
// level 1 or 2, or one that a standard demands with "SHALL" or "MUST", names a test but
// has neither a mutation nor a reason for having none.
//
// The mutations are in the table_*.go files, one for each part of the document.
package main
