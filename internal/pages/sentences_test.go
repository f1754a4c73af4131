package pages

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func TestEveryEventIsSaid(t *testing.T) {
	text, err := os.ReadFile("../messages/languages/en/event.json")
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(text, &all))
	in := messages.English()
	for code := range desk.Events {
		for _, what := range []string{".title", ".meaning", ".says"} {
			require.Contains(t, all, "event."+code+what)
		}
		require.True(t, in.Has("audit.area."+store.Event{Code: code}.Area()), code)
	}
	known := []string{"what", "asker", "actor", "target", "role", "roles", "before", "after", "name", "n", "kind", "subject", "label", "permission", "request", "broken", "last_day", "unused_since"}
	for key := range all {
		code, variant, says := strings.Cut(strings.TrimPrefix(key, "event."), ".says")
		if !says {
			continue
		}
		require.Contains(t, desk.Events, code, "the sentence of an event that is gone")
		if variant != "" {
			require.Contains(t, variants(t), variant, "no event has this variant")
		}
		for _, n := range []int{1, 2} {
			for _, p := range in.Pieces(key, n) {
				require.True(t, p.Text != "" || slices.Contains(known, p.Arg), "%s: %q", key, p.Arg)
				require.NotRegexp(t, `[.!]$`, p.Text, "%s: a sentence in a list has no full stop", key)
			}
		}
	}
	for _, kind := range letters.Kinds {
		require.True(t, in.Has("mails.kind."+kind), "the letter %s has no title", kind)
	}
	for _, name := range variants(t) {
		require.Contains(t, string(text), ".says"+name+`"`, "a variant without a sentence")
	}
}

// variants are the variants of sentences that the source names.
func variants(t *testing.T) []string {
	source, err := os.ReadFile("sentences.go")
	require.NoError(t, err)
	var all []string
	for _, found := range regexp.MustCompile(`"(\.[a-z]+)"`).FindAllStringSubmatch(string(source), -1) {
		if found[1] != ".inside" && found[1] != ".says" {
			all = append(all, found[1])
		}
	}
	return all
}

func TestSentences(t *testing.T) {
	o := testoffice.New(t, func(c *desk.Config) {
	})
	o.Write(store.PutRole{Role: store.Role{ID: "r1", Name: "Key keeper"}})
	c := &call{Context: t.Context(), Server: &Server{Config: Config{Desk: o.Desk}}, base: "/alias", tag: "en"}
	ada := store.Event{ActorID: "ada", ActorName: "Ada", TargetKind: "operator", TargetID: "ben", TargetName: "Ben"}
	for _, x := range []struct {
		code    string
		outcome string
		change  func(*store.Event)
		detail  map[string]string
		want    string
	}{
		{code: "operator.roles_changed", detail: map[string]string{"before": "moderator", "after": "moderator r1"}, want: "Ada gave Ben the role Key keeper"},
		{code: "operator.roles_changed", detail: map[string]string{"before": "moderator r1", "after": "moderator"}, want: "Ada took the role Key keeper from Ben"},
		{code: "operator.roles_changed", detail: map[string]string{"before": "moderator", "after": "administrator r1"}, want: "Ada changed Ben’s roles to Administrator and Key keeper"},
		{code: "operator.roles_changed", detail: map[string]string{"before": "moderator gone", "after": "moderator"}, want: "Ada took the role gone from Ben"},
		{code: "operator.renamed", detail: map[string]string{"before": "Ben", "after": "Benno"}, want: "Ada renamed Ben to Benno"},
		{code: "operator.renamed", change: func(e *store.Event) { e.TargetID = "ada" }, detail: map[string]string{"before": "Adah", "after": "Ada"}, want: "Adah is now called Ada"},
		{code: "operator.language_changed", detail: map[string]string{"before": "en", "after": "de"}, want: "Ada changed their language to Deutsch"},
		{code: "operator.language_changed", detail: map[string]string{"before": "de", "after": ""}, want: "Ada changed their language to that of their browser"},
		{code: "operator.invited", detail: map[string]string{"roles": "moderator"}, want: "Ada invited Ben as Moderator"},
		{code: "operator.invited", want: "Ada sent Ben the invitation again"},
		{code: "operator.sessions_ended", detail: map[string]string{"which": "all"}, want: "Ada signed Ben out everywhere"},
		{code: "operator.sessions_ended", detail: map[string]string{"which": "s1"}, want: "Ada ended one of Ben’s sessions"},
		{code: "operator.disabled", change: func(e *store.Event) { e.ActorID, e.ActorName = desk.ActorCommandLine, "Command line" }, want: "The command line disabled Ben"},
		{code: "operator.end_changed", detail: map[string]string{"before": "never", "after": "2026-12-31"}, want: "Ada chose the last day of Ben: 31 December 2026"},
		{code: "operator.end_changed", detail: map[string]string{"before": "2026-12-31", "after": "never"}, want: "Ada removed the last day of Ben"},
		{code: "operator.ended", detail: map[string]string{"last_day": "2026-12-31"}, want: "The access of Ben ended after the last day, 31 December 2026"},
		{code: "operator.dormant", detail: map[string]string{"unused_since": "2026-09-01"}, want: "Ben was disabled, unused since 1 September 2026"},
		{code: "operator.kept", want: "Ben was not disabled, because there is no other super-administrator"},
		{code: "alias.rolled_back", change: func(e *store.Event) { e.ActorID, e.ActorName = desk.ActorSystem, "" }, want: "The office returned to its old address, because no one confirmed the new one"},
		{code: "parameters.changed", detail: map[string]string{"session.idle": "30m → 20m"}, want: "Ada changed Sessions: Longest idle time from 30 minutes to 20 minutes"},
		{code: "parameters.changed", detail: map[string]string{"session.idle": "30m → 20m", "signin.paused": "off → on"}, want: "Ada changed 2 parameters"},
		{code: "signin.refused", change: func(e *store.Event) { *e = store.Event{} }, want: "A sign-in with an unknown name was refused"},
		{code: "operator.unlocked", change: func(e *store.Event) { *e = store.Event{} }, want: "Someone unlocked an unknown account"},
		{code: "policy.violated", change: func(e *store.Event) { *e = store.Event{} }, want: "A browser blocked part of a page"},
		{code: "mail.failed", change: func(e *store.Event) { e.TargetKind, e.TargetName = "mail", "password-reset" }, want: "An email (“Password reset link”) could not be delivered"},
		{code: "permission.denied", detail: map[string]string{"permission": "audit.view"}, want: "Ada was refused for lacking the permission “Read the audit log”"},
		{code: "audit.purged", detail: map[string]string{"before": "2026-03-02T12:00:00Z"}, want: "The office deleted audit entries older than 2 March 2026"},
		{code: "audit.verified", outcome: desk.Failure, detail: map[string]string{"broken": "5", "checked": "4"}, want: "Ada found the audit log broken at entry 5"},
		{code: "two_factor.added", want: "Ben added the authenticator app “…”"},
		{code: "mail.written", detail: map[string]string{"subject": strings.Repeat("a", 100)}, want: "The community emailed Ben: “" + strings.Repeat("a", 79) + "…”"},
		{code: "of.another.version", want: "Of: another: version: Ben (Ada)"},
	} {
		e := ada
		if x.change != nil {
			x.change(&e)
		}
		e.Code, e.Outcome, e.Detail = x.code, x.outcome, x.detail
		require.Equal(t, x.want, c.sentence(e).Text(), x.code)
	}
	ada.Code = "operator.unlocked"
	require.Empty(t, c.sentence(ada)[0].Path, "a reader who may not see operators gets no links")
}
