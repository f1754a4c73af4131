package commands_test

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/commands"
)

// listed is a line of the list of commands: name and operands, then what it
// does.
var listed = regexp.MustCompile(`(?m)^  ((?:[a-z-]+ ?)+)((?: ?\[?[A-Z_]+(?:\.\.\.)?\]?)*) {3,}(.+)$`)

// parse reads arguments without running anything.
func parse(args []string, stdout, stderr io.Writer) (code int) {
	_, code = commands.Parse(args, stdout, stderr)
	return code
}

// names are all commands, as help lists them.
func names(t *testing.T) (all []string) {
	t.Helper()
	var out, problems bytes.Buffer
	require.Equal(t, commands.ExitOK, parse([]string{"help"}, &out, &problems))
	for _, found := range listed.FindAllStringSubmatch(out.String(), -1) {
		all = append(all, strings.TrimSpace(found[1]))
	}
	require.Greater(t, len(all), 30)
	return all
}

func TestWhatMakesNoSenseIsRefusedBeforeTheOfficeIsAsked(t *testing.T) {
	tests := []struct {
		name string
		args []string
		says string
	}{
		{"nothing", nil, "Commands for when no one can sign in"},
		{"an unknown command", []string{"restart"}, `there is no command "restart"`},
		{"an unknown word after alias", []string{"alias", "undo"}, `"undo" is one argument too many`},
		{"half a command", []string{"signin"}, `there is no command "signin"`},
		{"nobody to invite", []string{"invite"}, "EMAIL is missing"},
		{"nobody whose invitation to cancel", []string{"invite", "cancel"}, "EMAIL is missing"},
		{"a password in a URL", []string{"move", "-to", "postgres://office:hunter2@db/office"}, "-to has a password"},
		{"a password in words", []string{"move", "-to", "host=db user=office password=hunter2"}, "-to has a password"},
		{"a password for MySQL", []string{"move", "-to", "office:hunter2@tcp(db:3306)/office"}, "-to has a password"},
		{"a move to nowhere", []string{"move"}, "name the new database with -to"},
		{"an empty address", []string{"unlock", " "}, "EMAIL is empty"},
		{"two people", []string{"invite", "a@example.org", "b@example.org"}, `"b@example.org" is one argument too many`},
		{"an unknown flag", []string{"operators", "-all"}, "flag provided but not defined: -all"},
		{"a flag of another command", []string{"unlock", "a@example.org", "-role", "moderator"}, "flag provided but not defined"},
		{"too many events", []string{"audit", "-n", "501"}, "-n must be between 1 and 500"},
		{"no events", []string{"audit", "-n", "0"}, "-n must be between 1 and 500"},
		{"fewer than no events", []string{"audit", "-n", "-3"}, "-n must be between 1 and 500"},
		{"no operators", []string{"operators", "-n", "0"}, "-n must be between 1 and 1000000"},
		{"a state that nobody has", []string{"operators", "-state", "happy"}, `-state cannot be "happy": choose one of active, invited, expired, locked, disabled`},
		{"a state that no mail has", []string{"mail", "-state", "lost"}, "choose one of queued, sent, failed, cancelled"},
		{"no role to give", []string{"set-roles", "a@example.org"}, "ROLE is missing"},
		{"an empty role", []string{"set-roles", "a@example.org", "moderator", ""}, "ROLE is empty"},
		{"nobody to grant access", []string{"grant"}, "MEMBER_ID is missing"},
		{"no value", []string{"parameters", "set", "session.idle"}, "VALUE is missing"},
		{"an empty name", []string{"parameters", "set", "", "30m"}, "NAME is empty"},
		{"a value of two words", []string{"parameters", "set", "signin.paused_text", "Back", "soon"}, `"soon" is one argument too many; put quotes around several words`},
		{"a notice of two words", []string{"signin", "pause", "Back", "soon"}, `"soon" is one argument too many; put quotes around several words`},
		{"an event that does not exist", []string{"audit", "-event", "signin.happy"}, `there is no event "signin.happy"; see: audit events`},
		{"an outcome that no event has", []string{"audit", "-outcome", "good"}, "choose one of success, failure, refused"},
		{"a time that is none", []string{"audit", "-since", "yesterday"}, `-since cannot be "yesterday"`},
		{"a time that is to come", []string{"audit", "-since", "-24h"}, `-since cannot be "-24h"`},
		{"times the wrong way round", []string{"audit", "export", "-since", "2026-03-02", "-until", "2026-03-01"}, "-until is not after -since"},
		{"a format that is none", []string{"audit", "export", "-format", "xml"}, "-format cannot be \"xml\": choose one of csv, jsonl"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, problems bytes.Buffer
			require.Equal(t, commands.ExitUsage, parse(tt.args, &out, &problems))
			require.Empty(t, out.String())
			require.Contains(t, problems.String(), tt.says)
			if strings.Contains(tt.says, "there is no command") {
				require.Equal(t, tt.says+"; \"help\" lists those that there are\n", problems.String(), "a line that the list would scroll away")
			}
		})
	}
}

func TestHelpIsWrittenWhereItWasAskedFor(t *testing.T) {
	for _, word := range []string{"help", "-h", "--help"} {
		var out, problems bytes.Buffer
		require.Equal(t, commands.ExitOK, parse([]string{word}, &out, &problems))
		require.Empty(t, problems.String())
		for _, c := range []string{"alias", "alias rotate", "operators", "invite EMAIL", "reset-two-factor EMAIL", "unlock EMAIL", "audit"} {
			require.Contains(t, out.String(), "\n  "+c+" ")
		}
	}
	for _, name := range names(t) {
		var out, problems bytes.Buffer
		require.Equal(t, commands.ExitOK, parse(append(strings.Fields(name), "-help"), &out, &problems))
		require.Empty(t, problems.String())
		require.Contains(t, out.String(), "Usage: "+name)
		for _, line := range strings.Split(out.String(), "\n") {
			require.LessOrEqual(t, len(line), 110, name)
		}
	}
}

func TestEveryExampleIsACommandThatCanBeRun(t *testing.T) {
	quoted := regexp.MustCompile(`"[^"]*"|\S+`)
	for _, name := range names(t) {
		var help, out, problems bytes.Buffer
		parse(append(strings.Fields(name), "-help"), &help, &problems)
		_, after, found := strings.Cut(help.String(), "\nExample:\n  ")
		require.True(t, found, name)
		example, _, _ := strings.Cut(after, "\n")
		require.True(t, strings.HasPrefix(example, name), "%s: %s", name, example)
		example, _, _ = strings.Cut(example, " > ")
		var args []string
		for _, word := range quoted.FindAllString(example, -1) {
			args = append(args, strings.Trim(word, `"`))
		}
		command, status := commands.Parse(args, &out, &problems)
		require.NotNil(t, command, "%s: %s", example, problems.String())
		require.Equal(t, commands.ExitOK, status)
	}
}

func TestFlagsStandWhereverTheyAreTyped(t *testing.T) {
	for _, args := range [][]string{
		{"invite", "ada@example.org", "-role", "super-administrator", "-name", "Ada"},
		{"invite", "-role", "super-administrator", "ada@example.org", "--name=Ada"},
		{"invite", "-name", "Ada", "-role", "super-administrator", "--", "ada@example.org"},
	} {
		r := newRig(t)
		require.Contains(t, r.ok(args...), "Invited ada@example.org as super-administrator.")
		require.Contains(t, r.ok("operators"), "Ada ")
	}
	r := newRig(t)
	r.ok("signin", "pause", "--", "-- Back soon --")
	require.Contains(t, r.ok("parameters", "show", "signin.paused_text"), "-- Back soon --", "a dash begins a text, too")
	require.Contains(t, r.ok("parameters", "set", "signin.paused_text", ""), `"-- Back soon --" → ""`)
}
