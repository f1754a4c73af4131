// Package guide is the code that docs/guide.md shows, so that it compiles. The
// marks "begin" and "end" say which part goes where.
package guide
