package desk_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// TestOneRuleForAChosenAddress is about an office of "Meadow Café" at community.example,
// below /forum/lake.
func TestOneRuleForAChosenAddress(t *testing.T) {
	o := newOffice(t, func(c *desk.Config) {
		c.Name, c.Origin, c.Path, c.Words = "Meadow Café Süd", "https://gardeners.example", "/forum/lake", []string{"Quillmere"}
	})
	for code, aliases := range map[string][]string{
		"": {
			"quiet-side-door", "violet-harbour-nine", "p9xk-7dqm-w2ht", "lantern-otter-maple", "k7w3vq2mzr5t", "copper7kettle4moth",
			"wrong-new-door", "another-side-door", "9184-kelp-otter-2716", "thursday-walnut-ferry", "april-walnut-ferry", "igel-fenster-wolke", "naranja-puente-lobo", "a1b2c3d4e5f6g7h8", "3f9d1c7ae24b88d0", "purple-monkey-dishwasher", strings.Repeat("kelp-otter-", 3) + "walnut",
			"admin-walnut-ferry-moth", "meadow-otter-thursday-kelp", vault.Alias(),
		},
		"form": {
			"", "short", "k7w3-vq2m-z", "admin", "-quiet-side-door", "quiet-side-door-", "Quiet-Side-Door", "quiet_side_door", "quiet side door",
			"quiet/side/door", "quiet-side-dóor", "quiet.side.door", "quiet-side-door?", "%71uiet-side-door", strings.Repeat("kelp7", 13), "quiet-side-door\n",
		},
		"path": {"forum"},
		"guessable": {
			"admin-panel-2024", "adminpanel2024", "admin-panel-24", "administrator", "administration", "administrator-1", "superadmin-2025", "wp-admin-login",
			"the-back-office", "back-office-1", "backoffice-2026", "my-admin-area", "secret-admin", "hidden-backend", "our-secret-door-admin", "4dm1n-p4n3l-2024",
			"adm1n1strat0r", "b4ck0ff1c3-99", "control-panel", "c0ntr0l-pan3l", "cpanel-login-1", "staff-only-area", "team-intern-2024", "manage-our-site",
			"moderators-login", "dashboard-2026", "0000-admin-0000", "rotartsinimda", "lenap-nimda-1", "admin-admin-admin", "a-d-m-i-n-2-0-2-4", "phpmyadmin-test",
			"eciffo-1-the-admin", "november-29-2026", "verwaltung-intern", "adminbereich-2026", "gestion-interne-1", "human-resources", "about-the-company",
			"members-portal", "operator-console", "admin-xqz-2024", "wordpress-admin-area", "secure-gateway-2", "admin-2819-3746-5501",
		},
		"own": {
			"meadow-cafe-2024", "meadowcafesued", "meadow-cafe-sud-admin", "m34d0w-c4f3-24", "gardeners-admin", "gardeners-back-office", "gardeners-2026-07",
			"the-new-gardeners", "quillmere-2024", "lake-gardeners-1", "woda3m-office-1", "efac-woda3m-2024", "my-meadow-admin",
		},
		"weak": {"20260101-2026", "2026-11-29-2027", "announcements", "internationalization", "qwertyuiop12", "abcdefghijkl", "aaaaaaaaaaaa", "123456789012", "password-2024", "iloveyou-2024", "baseballbaseball", "correcthorse"},
	} {
		for _, alias := range aliases {
			t.Run(code+" "+alias, func(t *testing.T) {
				err := o.CheckAlias(alias)
				bad := (*desk.InvalidError)(nil)
				if code == "" {
					require.NoError(t, err)
					return
				}
				require.True(t, errors.As(err, &bad), "accepted")
				require.Len(t, bad.Problems, 1)
				require.Equal(t, "alias "+code, bad.Problems[0].Field+" "+bad.Problems[0].Code, bad.Problems[0].Text)
			})
		}
	}
	for range 200 {
		require.NoError(t, o.GuessableAlias(vault.Alias()))
	}
	rules := desk.AliasRequirements(messages.English())
	require.Contains(t, rules[len(rules)-1].Text, "“"+password.StrengthWord(desk.AliasStrength)+"”")
}

// An alias that the rule would refuse today stays in force, and the old one comes back.
func TestAnAddressInForceIsNotTakenAway(t *testing.T) {
	o := staffed(t)
	o.ChangeParameters(func(p *store.Parameters) { p.Alias = "admin-panel-2024" })
	_, err := o.Reload(ctx)
	require.NoError(t, err)
	require.Error(t, o.GuessableAlias(o.Alias()))
	boss := o.Boss
	require.NoError(t, o.ChangeAlias(ctx, boss, home, "quiet-side-door"))
	require.NoError(t, o.RevertAlias(ctx, boss, home))
	require.Equal(t, "admin-panel-2024", o.Alias())
}
