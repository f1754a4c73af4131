// Package pages is the office over HTTP. A page is one thing: operators.go holds
// what the page shows, its GET and its POST, and its notices;
// templates/operators.html holds its markup. Below the pages lie, in files of
// these names, the server, the table of routes, the call (one request), the
// guard, cookies, form tokens, headers and answers to errors.
//
// Pages call the services in internal/desk and never write to the store
// themselves. They work without script, under a strict
// Content-Security-Policy. docs/permissions.md, which is generated from the
// table of routes, lists every path with its fields and who may open it.
//
// A POST that succeeds ends in 303. One that is refused shows its form again
// with what was typed, never passwords. A form that posts confirm=yes was shown
// the difference before: its first POST changes nothing.
package pages
