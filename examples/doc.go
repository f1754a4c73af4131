// Package examples holds programs that use Postern the way an application
// would. They live in a module of their own, so that what they require
// (database drivers, routers) never reaches an application that imports the
// library.
//
// Start with community, a small community site and its back office:
//
//	go run ./examples/community
//
// nethttp is the smallest mount, which the README shows. The others are short, and keep
// nothing: one for each framework (chi, gin, echo, fiber, and templ for pages), and htmx,
// spa (a single-page app), proxy (another tool) and streams (events, WebSockets, files)
// for what runs inside. company signs operators in at an identity provider.
package examples
