// Package ways has the table of all ways into an account, and walks each of them in every
// order of its requests.
//
// A [Way] is one row of [All]: docs/security.md lists it, and [Walk] posts its requests. A
// request may be right, that is, prove a [Fact], or wrong in some way. What an account gives
// for which facts, in which order, is said once for each [Account], whichever way leads to it.
// So a way that is added cannot ask for less without a walk that fails.
package ways
