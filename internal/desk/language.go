package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// officeLanguage is the parameter with the language of people who chose none.
const officeLanguage = "office.language"

// Multilingual reports whether there are languages to choose from.
func (d *Desk) Multilingual() bool { return len(d.Languages) > 1 }

// spoken are the languages of the office.
func (d *Desk) spoken() []*messages.Language {
	var all []*messages.Language
	for _, tag := range d.Languages {
		all = append(all, d.Messages.In(tag))
	}
	return all
}

// HasLanguage reports whether the office has the language of a tag.
func (d *Desk) HasLanguage(tag string) bool {
	return slices.Contains(d.Languages, tag) || len(d.Languages) == 0 && tag == settings.DefaultLanguage
}

// LanguageName returns what a language calls itself.
func (d *Desk) LanguageName(tag string) string {
	return d.Messages.Name(tag)
}

// firstLanguage is the language of the office before anyone chose another.
func (d *Desk) firstLanguage() string {
	if d.HasLanguage(settings.DefaultLanguage) {
		return settings.DefaultLanguage
	}
	return d.Languages[0]
}

// Language is the language of people who chose none, and whose browser asks for none that
// the office has.
func (d *Desk) Language() string {
	if tag := d.Settings().Office.Language; d.HasLanguage(tag) {
		return tag
	}
	return d.firstLanguage()
}

// LanguageOf is the language of letters to an operator: their own choice, or else that of
// the office.
func (d *Desk) LanguageOf(o store.Operator) string {
	if d.HasLanguage(o.Language) {
		return o.Language
	}
	return d.Language()
}

var unknownLanguage = messages.New("account.language.unknown")

// invitedIn is the language that someone has who is invited in another.
func (d *Desk) invitedIn(tag string, bad *InvalidError) string {
	switch {
	case tag == "" || tag == d.Language():
		return ""
	case !d.HasLanguage(tag):
		bad.Add("language", "unknown", unknownLanguage)
	}
	return tag
}

// ChooseLanguage changes the operator's own language. If tag is empty, pages follow their
// browser. It returns an [InvalidError] if the office does not have the language.
func (d *Desk) ChooseLanguage(ctx context.Context, id *Identity, v Visit, tag string) error {
	if tag != "" && !d.HasLanguage(tag) {
		return invalid("language", "unknown", unknownLanguage)
	}
	o, err := d.own(ctx, id)
	if err != nil || o.Language == tag {
		return err
	}
	event := d.Audit(v, "operator.language_changed", Success).In(id).Target(o).With("before", o.Language).With("after", tag).Write()
	o.Language, o.UpdatedAt = tag, d.Now()
	if err := d.Commit(ctx, store.PutOperator{Operator: o}, event); err != nil {
		return fmt.Errorf("store language: %w", sessionError(err))
	}
	return nil
}
