// Package pages is what people see of an office: server-rendered pages that
// work without script and hold under a strict Content-Security-Policy.
//
// One page is three files: login.go holds the data that the page shows and
// the handlers, templates/login.html the markup and every word of it, and
// login_test.go the tests. Package view renders them.
package pages
