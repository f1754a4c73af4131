package commands_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// TestMain has the tests compare English, whatever the language of the shell.
func TestMain(m *testing.M) {
	if err := os.Setenv("LC_ALL", "C"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// inDanish returns an office whose host has added a few messages in Danish, run from a shell
// set to Danish.
func inDanish(t *testing.T) *rig {
	t.Setenv("LC_ALL", "da_DK.UTF-8")
	return newRigOver(t, memstore.New(), func(c *backoffice.Config) {
		c.Messages = fstest.MapFS{"da.json": {Data: []byte(`{
			"format.name": "Dansk",
			"commands.head.name": "NAVN",
			"commands.label.name": "Navn:",
			"commands.operators.two_factor_off": "fra",
			"commands.unlock.done": "{operator} kan forsøge igen.",
			"commands.delete.done": "{operator} er slettet.",
			"commands.delete.question": "Slet {operator}, {roles}?",
			"commands.confirm": "{question} [j/N]",
			"commands.yes": "j,ja",
			"commands.error.no_operator": "der er ingen operatør, der hedder \"{name}\"",
			"commands.error.see": "{what}; se: {commands}",
			"commands.keys.nothing": "Ingen."
		}`)}, "he.json": {Data: []byte(`{"commands.unlock.done": "{operator}."}`)}}
		c.Languages = []string{"en"}
	})
}

func TestACommandSpeaksTheLanguageOfTheShell(t *testing.T) {
	r := inDanish(t)
	r.put("Ada", store.OperatorActive, backoffice.SuperAdministrator)
	r.put("Ben", store.OperatorActive, backoffice.Moderator)
	r.put("Cem", store.OperatorActive, backoffice.Moderator)

	require.Equal(t, "Ada (ada@example.org) kan forsøge igen.\n", r.ok("unlock", "Ada"), "also if the office's pages do not have the language")
	require.Regexp(t, `^NAVN +EMAIL +ROLES .*\nAda .* fra `, r.ok("operators"), "with English for what is missing")
	require.Contains(t, r.ok("operators", "show", "Ada"), "Navn: ")
	require.Equal(t, "unlock: der er ingen operatør, der hedder \"Eve\"; se: operators -state locked\n", r.refused("unlock", "Eve"))
	require.Equal(t, "set-roles: there is no role \"x\"; se: operators, roles\n", r.refused("set-roles", "Ada", "x"))
	for name, yes := range map[string]string{"Ben": "JA\n", "Cem": "y\n"} {
		r.input = seat{strings.NewReader(yes)}
		_, stdout, stderr := r.run("delete", name)
		require.Contains(t, stdout, "er slettet.", "an English yes is one everywhere")
		require.Contains(t, stderr, "? [j/N] ")
	}

	danish := r.ok("operators", "-json") + r.ok("parameters", "-json") + r.ok("audit", "events", "-json")
	t.Setenv("LC_ALL", "xx_XX")
	require.Equal(t, danish, r.ok("operators", "-json")+r.ok("parameters", "-json")+r.ok("audit", "events", "-json"), "programs read no language")
	require.Contains(t, r.ok("unlock", "Ada"), "Cleared the failed attempts", "and English is for all others")
	t.Setenv("LC_ALL", "he_IL.UTF-8")
	require.Equal(t, "\u2068Ada (ada@example.org)\u2069.\n", r.ok("unlock", "Ada"), "in its own direction, where that matters")
}

func TestTheHelpHasEveryMessage(t *testing.T) {
	r := newRig(t)
	for _, name := range append(names(t), "help") {
		status, said, _ := r.run(append(strings.Fields(name), "-help")...)
		require.Zero(t, status)
		require.NotRegexp(t, `commands\.[a-z_]+\.|…`, said, name)
	}
}

func TestWhatALanguageLacksIsListed(t *testing.T) {
	r := inDanish(t)
	all := len(messages.Keys())
	var languages []struct {
		Language, Name       string
		Translated, Messages int
	}
	require.NoError(t, json.Unmarshal([]byte(r.ok("messages", "-json")), &languages))
	require.Equal(t, []int{all, all}, []int{languages[0].Translated, languages[0].Messages})
	table := r.ok("messages")
	require.Regexp(t, `(?m)^da +Dansk +12 of \d`, table)
	require.Regexp(t, `(?m)^en +English +`, table)

	missing := r.ok("messages", "-missing", "da")
	require.Equal(t, 1+all-12, strings.Count(missing, "\n"), "a line for each")
	require.Contains(t, missing, "common.cancel ")
	require.NotContains(t, missing, "commands.yes")
	require.Regexp(t, `(?m)^commands\.link +Give this link to no one else; it works once, until \{until\} UTC:$`, missing)
	require.Regexp(t, `(?m)^format\.span\.day +\{"one": "\{n\} day", "other": "\{n\} days"\}$`, missing)
	require.Equal(t, "Nothing is missing.\n", r.ok("messages", "-missing", "en"))
	require.Contains(t, r.refused("messages", "-missing", "tlh"), `there is no language "tlh"; there are `)
}
