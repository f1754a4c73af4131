// Package arch has only tests. They keep the shape of the repository: which
// package may import which, what a file may not contain, and how long a file
// may become. A new package takes its place in layers;
// the message of a failed test says which rule stands in the way and why.
package arch
