package pages

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

var aliasConfirmed = mailed("address-confirmed")

// aliasPath is the page that moves the office.
const aliasPath = "/parameters/address"

func init() { counting[aliasConfirmed.code] = (*call).aliasMails }

// aliasMails says how many emails the new address causes.
func (c *call) aliasMails() (string, error) {
	operators, links, err := c.Desk.AliasMails(c.ctx(), c.actor())
	if err != nil || operators == 0 {
		return "", err
	}
	text := " " + c.t("alias.mails", "n", operators)
	if links > 0 {
		text += " " + c.t("alias.mails.links", "n", links)
	}
	return text, nil
}

// AliasState is what the Parameters page says about the office address, besides the
// address itself, which is in the frame.
type AliasState struct {
	// Until is when Old, the previous address, is restored unless the present one
	// is confirmed; zero if there is nothing to confirm.
	Until time.Time
	Old   string
	// Links are those that are replaced once the new address is confirmed, without
	// names; none if there is nothing to confirm.
	Links desk.OpenLinks
	// ChangedAt and ChangedBy tell when and by whom the address was last changed;
	// zero if unknown.
	ChangedAt time.Time
	ChangedBy string
	// Guessable says why strangers could guess the address; empty if they cannot.
	Guessable string
}

// Shadow is a page of the community that an office would hide.
type Shadow struct {
	// Path is the page that has it; empty if none does.
	Path string
	// Status is that of its answer to a visitor.
	Status int
	// Title is empty if the page has none, or if it could not be read in time.
	Title string
}

// ParametersAddressPage asks for a new office address, and then whether to move
// the office there.
type ParametersAddressPage struct {
	view.Form
	// Alias is what was typed.
	Alias string
	// Proposed is the alias to move to; if empty, the page asks for one.
	Proposed string
	// Shadow is the page that the community has at the proposed address.
	Shadow Shadow
	// Links are those that stop working with the old address.
	Links desk.OpenLinks
	// Within is the time to confirm the new address.
	Within time.Duration
	// Rules are those for a chosen address, with the words that add nothing to it.
	Rules view.PasswordRules
	// Guessable says why strangers could guess the address in force; empty if they cannot.
	Guessable string
	Fields    []Hidden
}

func (ParametersAddressPage) Template() string { return "parameters_address" }

func (p ParametersAddressPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{parametersTop(in), {Label: in.Text("alias.title")}}
}

func (c *call) aliasState(state *desk.State) (AliasState, error) {
	a := AliasState{Guessable: c.guessable()}
	if by := state.Stored.ConfirmBy; c.Desk.Now().Before(by) {
		a.Until, a.Old = by, c.Desk.HomeAt(state.Stored.PreviousAlias)
	}
	if c.identity.Can(desk.PermissionAuditView) {
		events, err := c.Desk.AuditPage(c.ctx(), c.actor(), store.EventQuery{Area: "alias", Limit: 1})
		if err != nil {
			return a, err
		}
		if len(events.Rows) > 0 {
			a.ChangedAt, a.ChangedBy = events.Rows[0].At, events.Rows[0].ActorName
		}
	}
	if a.Until.IsZero() {
		return a, nil
	}
	var err error
	a.Links, err = c.Desk.OpenLinks(c.ctx(), c.actor(), false)
	return a, err
}

// getAlias asks for an alias. While a new one waits to be confirmed, the reader has just
// confirmed their identity for that, and belongs where the notice says so.
func (c *call) getAlias() error {
	if by := c.state.Stored.ConfirmBy; c.Desk.Now().Before(by) {
		return c.redirect("/parameters")
	}
	return c.showAlias(http.StatusOK, view.Form{}, "", "")
}

// showAlias asks for an alias, or, if one is proposed, whether to move there.
func (c *call) showAlias(status int, f view.Form, typed, proposed string) error {
	p := ParametersAddressPage{Form: f, Alias: typed, Within: desk.ConfirmWithin, Guessable: c.guessable()}
	p.Rules = view.PasswordRules{Needs: c.t("alias.rules"), Requirements: desk.AliasRequirements(c.words()), Words: c.Desk.AliasWords()}
	if proposed != "" {
		var err error
		if p.Links, err = c.Desk.OpenLinks(c.ctx(), c.actor(), true); err != nil {
			return err
		}
		p.Proposed, p.Shadow = c.Desk.HomeAt(proposed), c.shadow(proposed)
		p.Fields = []Hidden{{Name: "action", Value: "choose"}, {Name: "alias", Value: proposed}}
	}
	return c.show(status, p)
}

// postAlias proposes an address, moves the office there, or confirms the move.
func (c *call) postAlias() error {
	ctx, s := c.ctx(), c.Desk
	if c.form.Get("action") == "confirm" {
		if err := s.ConfirmAlias(ctx, c.actor(), c.visit); err != nil {
			return err
		}
		return c.redirect(aliasConfirmed.at("/parameters"))
	}
	alias := strings.TrimSpace(c.form.Get("alias"))
	if c.form.Get("action") == "generate" {
		return c.showAlias(http.StatusOK, view.Form{}, "", vault.Alias())
	}
	if !c.confirmed() {
		if err := s.CheckAlias(alias); err != nil {
			return c.aliasRefused(err, alias)
		}
		return c.showAlias(http.StatusOK, view.Form{}, "", alias)
	}
	if err := s.ChangeAlias(ctx, c.actor(), c.visit, alias); err != nil {
		return c.aliasRefused(err, alias)
	}
	// The old address has stopped working. The redirect tests the new one: an
	// operator who does not arrive cannot confirm it, and the old one is restored.
	c.base = c.Desk.Base(alias)
	// The notice of a new address says the rest, until somebody confirms it.
	return c.redirect("/parameters")
}

// guessable says why the address in force would not be accepted today, or "".
func (c *call) guessable() string {
	if bad, ok := errors.AsType[*desk.InvalidError](c.Desk.GuessableAlias(c.Desk.Alias())); ok {
		return c.say(bad.Problems[0].Text)
	}
	return ""
}

// shadow returns the page of the community that an alias would hide.
func (c *call) shadow(alias string) Shadow {
	if c.Shadows == nil {
		return Shadow{}
	}
	s := c.Shadows(c.Desk.HomeAt(alias))
	s.Title = shortened(s.Title)
	return s
}

func (c *call) aliasRefused(err error, typed string) error {
	if bad, ok := errors.AsType[*desk.InvalidError](err); ok {
		return c.showAlias(http.StatusUnprocessableEntity, c.problems(bad), typed, "")
	}
	return err
}
