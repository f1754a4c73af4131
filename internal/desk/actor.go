package desk

// Actor is who asks for something: an operator in a session, the command line,
// or host code. The zero Actor may do nothing.
type Actor struct {
	ID, Name string
	can      func(permission string) bool
	has      func(role Role) bool
}

// Can says whether the actor has the permission.
func (a Actor) Can(permission string) bool { return a.can != nil && a.can(permission) }

// canGrant says whether the actor may give the role: only what they hold
// themselves, all of it.
func (a Actor) canGrant(role Role) bool { return a.has != nil && a.has(role) }

// CommandLine is whoever has a shell on the server, and with it the database
// and the master secret: they may do everything.
func CommandLine() Actor {
	return Actor{
		ID: actorCommandLine, Name: "Command line",
		can: func(string) bool { return true },
		has: func(Role) bool { return true },
	}
}
