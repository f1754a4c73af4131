// Package faults breaks what an office stands on, and counts what people notice.
//
//	make faults
//
// starts PostgreSQL (and a standby, and PgBouncer), four replicas of a community
// as processes of their own, each behind a TCP proxy that can swallow what it
// passes on, and a real SMTP server. While members of the community, signed-in
// operators, sign-ins and password resets keep all replicas busy, it breaks one
// thing after another, and prints a line for each: what the community saw, what
// operators saw, how many acknowledged changes were lost, how many emails came
// twice, and how long it took until everything worked again. It fails when a
// promise is broken. A cluster of three MariaDB nodes, with two replicas on each, comes last,
// and needs the right to make network namespaces. All of it takes up to fifteen minutes.
//
// "make test" runs one fault of the table, with two replicas.
package faults
