// Package pages is what people see of an office: server-rendered pages that
// work without script and hold under a strict Content-Security-Policy.
//
// One page is a pair: login.go holds the data that the page shows and the states
// it is looked at in, templates/login.html the markup and every word of it.
// Package view renders them, package web answers requests with them.
package pages
