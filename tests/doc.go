// Package tests is the part of the test suite that needs more than the
// library's own requirements: database drivers, a browser, and programs of
// other authors that judge what we produce.
//
// Each helper package starts one real thing and stops it again:
//
//   - postgres starts a PostgreSQL server and hands out empty databases
//   - chrome drives a headless Chromium
//   - nginx stands in front of an office below a path
//   - judge reads QR codes (zbarimg), makes codes (oathtool), checks markup
//     (vnu) and accessibility (axe)
//
// arch keeps the library's own shape: who may import whom, and how long a file
// may grow. mutants checks that the tests named in docs/requirements.md can fail.
//
// What is not installed is skipped with a line that starts with "SKIPPED:" and
// says how to install it. With CI=true a missing tool is a failure.
package tests
