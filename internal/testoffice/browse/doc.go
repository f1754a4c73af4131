// Package browse has the office of tests on a real server, in front of a
// community, and browsers that use it as people do.
package browse
