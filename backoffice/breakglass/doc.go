// Package breakglass is the command line for when nobody can sign in: the
// address is forgotten or has become known, the last super-administrator lost
// their phone, or too many wrong passwords shut somebody out.
//
// A host makes subcommands of its own program out of it:
//
//	if args := flag.Args(); len(args) > 0 {
//		os.Exit(breakglass.Run(ctx, office, args, os.Stdout, os.Stderr))
//	}
//
// and then has
//
//	alias                     print the office's address
//	alias rotate              give the office a new random address
//	operators                 list who may sign in
//	invite EMAIL              let somebody in, and print their one-time link
//	disable EMAIL             keep somebody out, at once
//	reset-two-factor EMAIL    remove the authenticators of a lost phone
//	unlock EMAIL              clear the failures that keep somebody out
//	parameters                list the parameters with their values
//	mail                      list the newest mails, failed ones first
//	audit                     list the newest events
//	help                      list all commands
//
// and more: a noun by itself lists, a verb by itself acts on a person, and
// "COMMAND -help" says what it takes, with an example. docs/operations.md has
// them all.
//
// It works while the office is running, on the same database and with the same
// master secret. Whoever can run it has both, so it asks for no rights; what it
// changes is in the audit as done by "command-line".
//
// Addresses and one-time links are secrets, and are printed because showing
// them is what the command is for: they go to standard output, never to a log.
package breakglass
