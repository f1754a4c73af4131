// Package markup reads a page as a browser does, for tests: its forms, what they would
// send, its links and its text.
package markup
