package pages

import (
	"time"

	"github.com/postern-go/postern/internal/view"
)

// HomePage is where a sign-in leads.
type HomePage struct {
	// Attention lists what somebody should look at, most urgent first.
	Attention []Attention
	// Tiles are the host's entries that the operator may open.
	Tiles []Tile
	// Recent is what happened last, newest first; empty to who may not read
	// the audit.
	Recent []Activity
	// CanInvite offers to invite people while there is nothing else to do.
	CanInvite bool
}

// Attention is something to look at. An empty Path leaves the button out.
type Attention struct {
	Level       view.Level
	Title, Text string
	Link, Path  string
}

// Activity is something that somebody did.
type Activity struct {
	// Text says it in words; Actor and Target are names, and may be empty.
	Text, Actor, Target string
	// Path is the audit's page on it.
	Path string
	At   time.Time
	// Outcome is a word for what went wrong and Level its colour; empty for what
	// went well.
	Outcome string
	Level   view.Level
}

// Tile leads to a page of the host. Text is one line on what it is for.
type Tile struct{ Label, Text, Path string }

func (HomePage) Template() string { return "home" }
