// Package mysqlerror reads the errors of go-sql-driver/mysql, which it does not import: they
// say number, state and message in their text alone.
package mysqlerror

import (
	"regexp"
	"strconv"
	"strings"
)

// Error is an error of a MySQL or MariaDB server.
type Error struct {
	Number int
	// State is the SQLSTATE, or "" if the driver does not tell.
	State string
	// Message is in the language of the server, and may quote what was written.
	Message string
}

// None of the driver's errors has a method that would tell.
var form = regexp.MustCompile(`(?s)^Error (\d+)(?: \((\w{5})\))?: (.*)$`)

// As returns the server's error among those that err wraps.
func As(err error) (Error, bool) {
	if err == nil {
		return Error{}, false
	}
	if found := form.FindStringSubmatch(err.Error()); found != nil {
		number, _ := strconv.Atoi(found[1])
		return Error{number, found[2], found[3]}, true
	}
	switch wrapped := err.(type) {
	case interface{ Unwrap() error }:
		return As(wrapped.Unwrap())
	case interface{ Unwrap() []error }:
		for _, one := range wrapped.Unwrap() {
			if found, ok := As(one); ok {
				return found, true
			}
		}
	}
	return Error{}, false
}

var (
	quoted  = regexp.MustCompile(`(?s)'.*'`)
	lastKey = regexp.MustCompile(`'([\pL\pN_.$ -]+)'\W*$`)
)

// quotesNames are errors that quote only names of tables, columns, accounts and
// settings, which help.
var quotesNames = map[int]bool{
	1036: true, 1044: true, 1045: true, 1046: true, 1048: true, 1049: true, 1052: true, 1054: true, 1114: true, 1142: true, 1143: true, 1146: true, 1193: true,
	1227: true, 1231: true, 1290: true, 1298: true, 1364: true, 1370: true, 1406: true, 1419: true, 1449: true, 1698: true,
}

// TakenKey returns the name of the key that two rows would have had in common.
func TakenKey(err error) (key string, ok bool) {
	e, _ := As(err)
	if e.Number != 1062 && e.Number != 1586 {
		return "", false
	}
	if found := lastKey.FindStringSubmatch(e.Message); found != nil {
		key = found[1]
	}
	return key, true
}

// Hush takes the values out of what the server says: names, addresses and digests
// that were to be written, which do not belong in a log. It keeps the name of the key
// that two rows would have had in common.
func Hush(err error) error {
	e, ok := As(err)
	if !ok || quotesNames[e.Number] || !quoted.MatchString(e.Message) {
		return err
	}
	hush := quoted.ReplaceAllString(e.Message, "(…)")
	if key, ok := TakenKey(err); ok {
		hush = "(…), for key '" + key + "'"
	}
	return &hushed{err, strings.ReplaceAll(err.Error(), e.Message, hush)}
}

// hushed is an error in other words.
type hushed struct {
	err  error
	text string
}

func (h *hushed) Error() string { return h.text }
func (h *hushed) Unwrap() error { return h.err }
