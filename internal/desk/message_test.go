package desk_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func TestAMailOfTheHostsIsLaidOutLikeTheOfficesOwn(t *testing.T) {
	o := staffed(t)
	grace := o.Person("Grace", desk.RoleModerator)
	require.NoError(t, o.Send(ctx, desk.CommandLine(), desk.Visit{}, grace.ID, desk.Message{
		Subject: "12 posts wait", Paragraphs: []string{"Since yesterday.", "Please look."}, Button: "See them", Path: "/moderation?x=1",
	}))
	box := o.Delivered()
	require.Len(t, box.All(), 1)
	m := box.All()[0]
	require.Equal(t, grace.Email, m.To)
	require.Contains(t, m.Subject, ": 12 posts wait")
	for _, text := range []string{"Hello Grace,", "Since yesterday.", "Please look.", "See them", o.Home() + "moderation?x=1", "You are an operator"} {
		require.Contains(t, m.Text, text)
	}
	list, err := o.Mails(ctx, o.Boss, store.MailQuery{OperatorID: grace.ID})
	require.NoError(t, err)
	require.Equal(t, "host-message", list.Rows[0].Kind)
}

func TestAMailOfTheHostsIsCheckedAsAWhole(t *testing.T) {
	o := staffed(t)
	grace := o.Person("Grace", desk.RoleModerator)
	good := desk.Message{Subject: "12 posts wait", Paragraphs: []string{"Since yesterday."}, Button: "See them", Path: "/moderation"}
	for name, c := range map[string]struct {
		field  string
		change func(*desk.Message)
	}{
		"no subject":            {"subject", func(m *desk.Message) { m.Subject = " " }},
		"a line in the subject": {"subject", func(m *desk.Message) { m.Subject = "Hello\nBcc: eve@example.org" }},
		"a hidden subject":      {"subject", func(m *desk.Message) { m.Subject = "Hello\u202e" }},
		"a hidden label":        {"button", func(m *desk.Message) { m.Button = "Go\x1b[2J" }},
		"a long subject":        {"subject", func(m *desk.Message) { m.Subject = strings.Repeat("é", 121) }},
		"nothing to say":        {"paragraphs", func(m *desk.Message) { m.Paragraphs = []string{" ", ""} }},
		"too much to say":       {"paragraphs", func(m *desk.Message) { m.Paragraphs = []string{strings.Repeat("a", 16<<10+1)} }},
		"a button to nowhere":   {"button", func(m *desk.Message) { m.Path = "" }},
		"a path without button": {"button", func(m *desk.Message) { m.Button = "" }},
		"another site":          {"path", func(m *desk.Message) { m.Path = "https://evil.example/" }},
		"another host":          {"path", func(m *desk.Message) { m.Path = "//evil.example/" }},
		"a letter to encode":    {"path", func(m *desk.Message) { m.Path = "/beiträge" }},
		"brackets":              {"path", func(m *desk.Message) { m.Path = "/orders(17)" }},
		"a broken encoding":     {"path", func(m *desk.Message) { m.Path = "/orders%zz" }},
		"a space":               {"path", func(m *desk.Message) { m.Path = "/a b" }},
	} {
		m := good
		c.change(&m)
		err := o.Send(ctx, o.Boss, home, grace.ID, m)
		bad := (*desk.InvalidError)(nil)
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, c.field, bad.Problems[0].Field, name)
	}
	require.Empty(t, o.Delivered().All())
	require.NoError(t, o.Send(ctx, o.Boss, home, grace.ID, good))
}

func TestOnlyActiveOperatorsAreWrittenTo(t *testing.T) {
	o := staffed(t)
	ivan, _ := o.Must(o.Invite(ctx, desk.CommandLine(), home, desk.InviteForm{Email: "ivan@example.org", Roles: []string{desk.RoleModerator}}))
	m := desk.Message{Subject: "Hello", Paragraphs: []string{"There."}}
	require.ErrorIs(t, o.Send(ctx, o.Boss, home, ivan.ID, m), desk.ErrChanged)
	disa := o.Person("Disa", desk.RoleModerator)
	require.NoError(t, o.Disable(ctx, o.Boss, home, disa.ID, "left"))
	require.ErrorIs(t, o.Send(ctx, o.Boss, home, disa.ID, m), desk.ErrChanged)
}
