// Package docs keeps the documentation honest: tables that code can write are
// compared with the code, links lead somewhere, tests that are named exist, and
// the code that guides show compiles.
//
// After a change of the code, "go test ./tests/docs -update" writes the marked
// sections of the documents anew; read the difference before you commit it.
// Without -update say -count=1, because the test cache does not know the files
// of the other modules.
package docs
