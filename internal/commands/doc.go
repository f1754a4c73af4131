// Package commands is the office's command line, for when no one can sign in:
// the alias is forgotten or has become known, the last super-administrator lost
// their phone, or too many wrong passwords locked someone out. Hosts reach it
// through backoffice.ParseCommand.
//
// A noun by itself lists, a verb by itself acts on a person. Each command is one
// declaration in the file of its subject, and docs/operations.md is generated
// from all of them.
//
// It works while the office is running, on the same database and with the same
// master secret. Anyone who can run it has both, so it checks no permissions;
// the audit log names "command-line" for what it changes.
//
// The office's URL and one-time links are secrets. They are printed because
// showing them is what the command is for: to standard output, never to a log.
package commands
