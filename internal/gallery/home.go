package gallery

import (
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
				{Level: view.LevelDanger, Title: "2 emails could not be delivered", Text: "People may be waiting for links that will not arrive.", Link: "See failed emails", Path: "/mail?state=failed"},
				{Level: view.LevelWarning, Title: "1 account is locked", Text: "Too many wrong passwords or codes: operators forgot theirs, or someone is guessing.", Link: "See locked accounts", Path: "/operators?state=locked"},
				{Level: view.LevelWarning, Title: "3 operators have no two-factor authentication", Text: "A stolen password alone opens their accounts.", Link: "See who they are", Path: "/operators?two_factor=no&state=active"},
				{Level: view.LevelInfo, Title: "More than 20 invitations are open", Text: "Not everyone who was invited has chosen a password yet.", Link: "See open invitations", Path: "/operators?state=invited"},
				{Level: view.LevelInfo, Title: "2 parameters depart from NIST SP 800-63B-4", Text: "Passwords: Maximum age; Two-factor authentication: Who must have it.", Link: "See parameters", Path: "/parameters"},
			},
			Tiles:  tiles,
			Recent: sampleEvents(),
		}},
		{"attention", pages.HomePage{
			Attention: []pages.Attention{
				{Level: view.LevelDanger, Title: "Emails are not being sent", Text: "They are waiting because the office’s periodic work was never started. Ask the server administrator to call Run."},
				{Level: view.LevelWarning, Title: "2 recovery codes left", Text: "Create new codes before you need them.", Link: "Create new codes", Path: "/account/recovery-codes/new"},
			},
			Tiles: append(tiles, pages.Tile{Label: longName, Text: arabicName, Path: "/long"}, pages.Tile{Label: hostile, Text: hostile, Path: hostile}),
		}},
	}
}
