package gallery

import "github.com/postern-go/postern/internal/pages"

func setupPage() []state {
	const wrong = "This setup code does not work. Paste the newest one that the server printed, or restart the server to get a new one."
	return []state{
		{"empty", pages.SetupPage{Rules: rules}},
		{"refused", pages.SetupPage{Form: refused("token", wrong), Token: "not-it", Email: "ada@community.example", Name: longName, Rules: rules}},
		{"refused-fields", pages.SetupPage{
			Form:  refused("name", "Enter a name.").Refuse("email", badEmail).Refuse("password", "Choose a password."),
			Token: "c2V0dXA", Email: "ada@", Rules: manyRules,
		}},
	}
}
