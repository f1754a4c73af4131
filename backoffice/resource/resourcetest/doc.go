// Package resourcetest checks that a [resource.Data] does what pages expect of it. Run it
// over a Data that you wrote; [resource.SQL] and [resource.Slice] pass it.
package resourcetest
