// Package garden is the community's own data: members, their sessions, and the
// posts they write. It is what an application has before it adds a back
// office, and it knows nothing of one.
package garden
