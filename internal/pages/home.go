package pages

import (
	"time"

	"github.com/postern-go/postern/internal/pages/samples"
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
		{"office", HomePage{
			Attention: []Attention{
				{view.LevelDanger, "2 mails could not be delivered", "The mail server refused them. People wait for links that do not come.", "See failed mails", "/mail?state=failed"},
				{view.LevelWarning, "1 account is locked", "Grace Hopper has typed wrong passwords; the lock ends in 12 minutes.", "See operator", "/operators/3"},
				{view.LevelWarning, "3 operators have no two-factor authentication", "From 1 April they cannot sign in without it.", "See who", "/operators?two_factor=no"},
				{view.LevelWarning, "1 setting departs from the standard", "Passwords must be changed every 90 days.", "See parameters", "/parameters#section-password"},
				{view.LevelInfo, "An invitation ends tomorrow", longName + " has not signed in yet.", "See invitations", "/operators?state=invited"},
			},
			Tiles: tiles,
			Recent: []Activity{
				{"Signed in", "Ada Lovelace", "Ada Lovelace", "/audit/1042", samples.Ago(2 * time.Minute), "", ""},
				{"Sign-in refused", "", "grace@community.example", "/audit/1041", samples.Ago(14 * time.Minute), "Refused", view.LevelWarning},
				{"Roles changed", "Ada Lovelace", longName, "/audit/1040", samples.Ago(3 * time.Hour), "", ""},
				{"Invited", arabicName, hostile, "/audit/1039", samples.Ago(26 * time.Hour), "", ""},
				{"Mail failed", "the office", "sara@community.example", "/audit/1038", samples.Ago(50 * time.Hour), "Failed", view.LevelDanger},
			},
		}},
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
