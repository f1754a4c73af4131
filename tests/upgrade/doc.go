// Package upgrade runs replicas of two versions of the library on one database, as a rolling
// deploy does: sessions, forms, links and emails of one go on at the other, in both orders, and
// nothing is lost.
//
// In every run of the tests, the newer version is this one on tables that a later one has
// added to. "make upgrade" builds an earlier version from the repository's history.
package upgrade
