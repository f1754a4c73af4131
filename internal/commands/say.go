package commands

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

// wordsOf is the language of the command line. It is the reader's own choice, so all
// languages of the catalogue are there, also those that the office's pages do not have.
func wordsOf(catalogue *messages.Catalogue) *messages.Language {
	return catalogue.In(messages.NewMatcher(catalogue.Tags()).Match(commandLanguage(os.Getenv)))
}

// problem is an error that says what is wrong in the reader's language.
type problem struct {
	text  messages.Text
	cause error
}

// wrong returns the problem that a message says.
func wrong(key string, args ...any) *problem { return &problem{text: messages.New(key, tame(args)...)} }

func (p *problem) Error() string { return p.text.String() }
func (p *problem) Unwrap() error { return p.cause }

// of returns the problem with the error behind it.
func (p *problem) of(cause error) error {
	p.cause = cause
	return p
}

// say is what an error says in a language. Errors that are for no people, such as those of
// a database, are in English.
func say(in *messages.Language, err error) string {
	invalid, notNow, p := (*desk.InvalidError)(nil), (*desk.NotNowError)(nil), (*problem)(nil)
	switch {
	case errors.As(err, &p):
		return in.Say(p.text)
	case errors.As(err, &notNow):
		return in.Say(notNow.Text)
	case errors.As(err, &invalid):
		var texts []string
		for _, bad := range invalid.Problems {
			texts = append(texts, in.Say(bad.Text))
		}
		return strings.Join(texts, " ")
	}
	return err.Error()
}

// said is a message in the reader's language, fit for a terminal.
func (c *call) said(key string, args ...any) string {
	return safe(c.words, c.words.Text(key, tame(args)...))
}

// print prints a message on a line of its own.
func (c *call) print(key string, args ...any) { fmt.Fprintln(c.out, c.said(key, args...)) }

// warn prints a message on standard error.
func (c *call) warn(key string, args ...any) { fmt.Fprintln(c.stderr, c.said(key, args...)) }

// Around data in languages that are written from right to left.
const isolate, endIsolate = "\u2068", "\u2069"

// tame keeps the arguments of a message from ending the marks around them.
func tame(args []any) []any {
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			args[i] = oneLine(arg)
		case []string:
			args[i] = each(arg, oneLine)
		}
	}
	return args
}

// safe keeps what others wrote from controlling a terminal, and leaves the marks of a
// message around its arguments.
func safe(in *messages.Language, text string) string {
	if !in.RTL {
		return oneLine(text)
	}
	var b strings.Builder
	for part := range strings.SplitAfterSeq(text, isolate) {
		for inner := range strings.SplitAfterSeq(part, endIsolate) {
			bare := strings.TrimRight(inner, isolate+endIsolate)
			b.WriteString(oneLine(bare) + inner[len(bare):])
		}
	}
	return b.String()
}

// textOf is what an error says, for an argument of a message.
func textOf(err error) messages.Text {
	invalid, p := (*desk.InvalidError)(nil), (*problem)(nil)
	switch {
	case errors.As(err, &p):
		return p.text
	case errors.As(err, &invalid) && len(invalid.Problems) == 1:
		return invalid.Problems[0].Text
	}
	return messages.Plain(err.Error())
}
