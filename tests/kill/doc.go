// Package kill ends the process of an office between any two of its calls of the
// store, and in the middle of one, and looks whether people can go on.
package kill
