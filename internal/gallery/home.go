package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func homePage() []state {
	tiles := []pages.Tile{
		{Label: "Dashboard", Text: "Sign-ups, posts and answers of the last seven days.", Path: "/dashboard"},
		{Label: "Analytics", Text: "Who visits, from where, and what they read.", Path: "/analytics"},
		{Label: "Moderation", Text: "Reported posts that wait for a decision.", Path: "/moderation"},
	}
	return []state{
		{"empty", pages.HomePage{}},
		{"first", pages.HomePage{CanInvite: true}},
		{"filled", pages.HomePage{Tiles: tiles}},
		{"office", pages.HomePage{
			Attention: []pages.Attention{
				{Level: view.LevelDanger, Title: "2 mails could not be delivered", Text: "The mail server refused them. People wait for links that do not come.", Link: "See failed mails", Path: "/mail?state=failed"},
				{Level: view.LevelWarning, Title: "1 account is locked", Text: "Grace Hopper has typed wrong passwords; the lock ends in 12 minutes.", Link: "See operator", Path: "/operators/3"},
				{Level: view.LevelWarning, Title: "3 operators have no two-factor authentication", Text: "From 1 April they cannot sign in without it.", Link: "See who", Path: "/operators?two_factor=no"},
				{Level: view.LevelWarning, Title: "1 setting departs from the standard", Text: "Passwords must be changed every 90 days.", Link: "See parameters", Path: "/parameters#section-password"},
				{Level: view.LevelInfo, Title: "An invitation ends tomorrow", Text: longName + " has not signed in yet.", Link: "See invitations", Path: "/operators?state=invited"},
			},
			Tiles: tiles,
			Recent: []pages.Activity{
				{Text: "Signed in", Actor: "Ada Lovelace", Target: "Ada Lovelace", Path: "/audit/1042", At: ago(2 * time.Minute), Outcome: "", Level: ""},
				{Text: "Sign-in refused", Actor: "", Target: "grace@community.example", Path: "/audit/1041", At: ago(14 * time.Minute), Outcome: "Refused", Level: view.LevelWarning},
				{Text: "Roles changed", Actor: "Ada Lovelace", Target: longName, Path: "/audit/1040", At: ago(3 * time.Hour), Outcome: "", Level: ""},
				{Text: "Invited", Actor: arabicName, Target: hostile, Path: "/audit/1039", At: ago(26 * time.Hour), Outcome: "", Level: ""},
				{Text: "Mail failed", Actor: "the office", Target: "sara@community.example", Path: "/audit/1038", At: ago(50 * time.Hour), Outcome: "Failed", Level: view.LevelDanger},
			},
		}},
		{"attention", pages.HomePage{
			Attention: []pages.Attention{
				{Level: view.LevelDanger, Title: "Mail is not being sent", Text: "3 messages wait because the periodic work of the office was never started. Whoever runs the server must call Run.", Link: "", Path: ""},
				{Level: view.LevelWarning, Title: "2 recovery codes left", Text: "Make new ones before you need them.", Link: "Make new codes", Path: "/account/recovery-codes"},
				{Level: view.LevelInfo, Title: "An invitation ends tomorrow", Text: longName + " has not signed in yet.", Link: "See operators", Path: "/operators"},
			},
			Tiles: append(tiles, pages.Tile{Label: longName, Text: arabicName, Path: "/long"}, pages.Tile{Label: hostile, Text: hostile, Path: hostile}),
		}},
	}
}
