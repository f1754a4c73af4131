package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var languageChanged = success("language")

// AccountLanguagePage changes the operator's own language.
type AccountLanguagePage struct {
	view.Form
	// Languages are those to choose from. None of them is chosen if Automatic is.
	Languages []view.Option
	Automatic bool
}

func (AccountLanguagePage) Template() string { return "account_language" }

func (AccountLanguagePage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.account"), Path: "/account"}, {Label: in.Text("account.language")}}
}

func (c *call) getLanguage() error {
	return c.showLanguage(http.StatusOK, view.Form{}, c.identity.Operator.Language)
}

func (c *call) showLanguage(status int, form view.Form, chosen string) error {
	if !c.Desk.Multilingual() {
		return desk.ErrNotFound
	}
	p := AccountLanguagePage{Form: form, Languages: c.languageOptions(chosen), Automatic: true}
	for _, o := range p.Languages {
		p.Automatic = p.Automatic && !o.Chosen
	}
	return c.show(status, p)
}

// languageOptions are the languages of the office; none if there is nothing to choose.
func (c *call) languageOptions(chosen string) (options []view.Option) {
	if !c.Desk.Multilingual() {
		return nil
	}
	for _, tag := range c.Desk.Languages {
		options = append(options, view.Option{Value: tag, Label: c.Desk.LanguageName(tag), Chosen: tag == chosen})
	}
	return options
}

func (c *call) postLanguage() error {
	if !c.Desk.Multilingual() {
		return desk.ErrNotFound
	}
	tag := c.form.Get("language")
	err := c.Desk.ChooseLanguage(c.ctx(), c.identity, c.visit, tag)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.showLanguage(http.StatusUnprocessableEntity, c.problems(bad), tag)
	}
	if err != nil {
		return err
	}
	return c.redirect(languageChanged.at("/account"))
}
