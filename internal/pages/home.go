package pages

import "github.com/postern-go/postern/internal/pages/view"

// HomePage is where a sign-in leads.
type HomePage struct {
	// Attention lists what somebody should look at, most urgent first.
	Attention []Attention
	// Tiles are the host's entries that the operator may open.
	Tiles []Tile
	// CanInvite offers to invite people while there is nothing else to do.
	CanInvite bool
}

// Attention is something to look at. An empty Path leaves the button out.
type Attention struct {
	Level       view.Level
	Title, Text string
	Link, Path  string
}

// Tile leads to a page of the host. Text is one line on what it is for.
type Tile struct{ Label, Text, Path string }

func (HomePage) Template() string { return "home" }

func (HomePage) states() []state {
	tiles := []Tile{
		{"Dashboard", "Sign-ups, posts and answers of the last seven days.", "/dashboard"},
		{"Analytics", "Who visits, from where, and what they read.", "/analytics"},
		{"Moderation", "Reported posts that wait for a decision.", "/moderation"},
	}
	return []state{
		{"empty", HomePage{}},
		{"first", HomePage{CanInvite: true}},
		{"filled", HomePage{Tiles: tiles}},
		{"attention", HomePage{
			Attention: []Attention{
				{view.LevelDanger, "Mail is not being sent", "3 messages wait because the periodic work of the office was never started. Whoever runs the server must call Run.", "", ""},
				{view.LevelWarning, "2 recovery codes left", "Make new ones before you need them.", "Make new codes", "/account/recovery-codes"},
				{view.LevelInfo, "An invitation ends tomorrow", longName + " has not signed in yet.", "See operators", "/operators"},
			},
			Tiles: append(tiles, Tile{longName, arabicName, "/long"}, Tile{hostile, hostile, hostile}),
		}},
	}
}
