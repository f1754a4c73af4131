// Package gallery has every page in the states that people may see. Tests keep
// them as golden files, judge their markup and look at them in a browser. No
// program links it.
//
// A state is an answer of a real office: a scene opens one, stores what happened
// before, and sends the requests that lead to it.
package gallery

import (
	"sync"
	"testing"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// State is one page in one of the ways it may look.
type State struct {
	// Name is that of the page and of the state: "login-refused". Pages in the frame
	// of the signed in begin with "office-".
	Name   string
	Status int
	// Frame and Page are what HTML was rendered from.
	Frame view.Frame
	Page  view.Page
	HTML  []byte
	// Host is what rendered a page of the host's; nil for pages of ours.
	Host *view.HostPages
}

// scenes lead to the states, the usual ones of a page first.
var scenes = []func(*gallery){
	setUp, signIn, signInPaused, secondStep, enrolling, passkeySignIn, passkeyAccount, links, refusals, refusedByHost,
	homes, homeSetUp, homeWeeks, newAlias, account, accountWithMember, twoFactor, operators, manyOperators, searches, operatorActs, ends, approvals, seeing, members, membersWithPassword, roles, longRoles, parameters, longHistory, guessableAlias, mails, mailDelayed, resources, company, everyWay, audit, auditBusy, auditHost, auditBroken, auditWitnessed, typedAgain, looks, languages, components,
}

// Language is that of the offices that states are seen in; English if empty. It is set
// before the first call of the functions below.
var Language string

var (
	once  sync.Once
	built *gallery
)

// All returns every page in its states. They are made once per process.
func All(t *testing.T) []State { return build(t).states }

// Assets are what the pages load, by path.
func Assets(t *testing.T) map[string]view.Asset { return build(t).assets }

func build(t *testing.T) *gallery {
	t.Helper()
	once.Do(func() { built = buildIn(t, Language, nil) })
	if built == nil {
		t.Fatal("the gallery could not be made")
	}
	return built
}

// In returns every page in its states in a language of a catalogue. Scenes about languages are
// in theirs.
func In(t *testing.T, tag string, all *messages.Catalogue) []State {
	t.Helper()
	return buildIn(t, tag, all).states
}

func buildIn(t *testing.T, tag string, all *messages.Catalogue) *gallery {
	t.Helper()
	g := &gallery{t: t, language: tag, messages: all, assets: map[string]view.Asset{}}
	for _, scene := range scenes {
		scene(g)
	}
	return g
}
