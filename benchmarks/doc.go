// Package benchmarks measures Postern beside the libraries it is compared with, and
// beside its own earlier self. It is a module of its own, so that none of them ever
// becomes a requirement of the library.
//
//	make bench
//
// prints a table of what is promised and what was measured, and writes
// docs/performance.md. The program is in table; host is a replica that load is put
// on, and visitor the browser that does so. Likewise, make scale writes docs/scale.md,
// with the program in scale; recorder counts statements for both.
package benchmarks
