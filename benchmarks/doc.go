// Package benchmarks measures Postern beside the libraries it is compared
// with. It is a module of its own, so that they never become requirements of
// the library.
//
//	make bench
package benchmarks
