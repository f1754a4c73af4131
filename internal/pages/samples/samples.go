// Package samples holds what pages are looked at with before anybody has data:
// the states of a page, and values that pages must stand, such as names that
// are long, that are written from the right, or that try to be markup.
package samples

import (
	"time"

	"github.com/postern-go/postern/internal/view"
)

// State is one of the ways a page may look.
type State struct {
	// Name says which: "refused". It is unique for the page.
	Name string
	Page view.Page
}

const (
	LongName   = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh de la Fuente y Zaragoza"
	LongEmail  = "wolfeschlegelsteinhausenbergerdorff@subdomain.community.example"
	ArabicName = "سارة بنت عبد الرحمن"
	Hostile    = `"><script>alert(1)</script>`
)

// Time is the moment at which all samples happen.
var Time = time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC)

// Ago is a moment before Time.
func Ago(d time.Duration) time.Time { return Time.Add(-d) }

// In is a moment after Time.
func In(d time.Duration) time.Time { return Time.Add(d) }
