package pages

import (
	"net/http"
	"strings"
	"sync"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

const acceptLanguage = "Accept-Language"

// mostAccepted is the longest Accept-Language that is read. Browsers send a few dozen bytes.
const mostAccepted = 512

// languages finds the language of the office that suits a browser.
type languages struct {
	matcher *messages.Matcher

	// found are the answers to what browsers sent before. An office sees a few dozen
	// different headers, and reading one takes longer than all else that a language costs.
	mu    sync.RWMutex
	found map[string]string
}

// mostFound bounds the memory: beyond it, all are forgotten.
const mostFound = 256

func newLanguages(d *desk.Desk) *languages {
	l := &languages{found: map[string]string{}}
	if d.Multilingual() {
		l.matcher = messages.NewMatcher(d.Languages)
	}
	return l
}

// accepted returns the language that suits an Accept-Language best, or "" if none does, or
// if it cannot be read.
func (l *languages) accepted(header string) string {
	if l.matcher == nil || header == "" || len(header) > mostAccepted {
		return ""
	}
	l.mu.RLock()
	tag, known := l.found[header]
	l.mu.RUnlock()
	if known {
		return tag
	}
	tag = l.matcher.Match(header)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.found) >= mostFound {
		clear(l.found)
	}
	l.found[strings.Clone(header)] = tag
	return tag
}

// language returns the tag of the language of the page: the one that the operator who is
// signed in chose, or else the one that the browser prefers among those of the office, or
// else that of the office. It follows no other account, such as that of a link: the
// language of an answer must not reveal one.
func (c *call) language() string {
	if c.tag != "" {
		return c.tag
	}
	c.tag = c.Desk.Language()
	if id := c.identity.Real(); id != nil && id.Operator.Language != "" && c.Desk.HasLanguage(id.Operator.Language) {
		c.tag = id.Operator.Language
	} else if tag := c.languages.accepted(strings.Join(c.r.Header.Values("Accept-Language"), ",")); tag != "" {
		c.tag = tag
	}
	return c.tag
}

// varies says that another browser may get the same in another language.
func (c *call) varies() {
	h := c.w.Header()
	for _, value := range h["Vary"] {
		for field := range strings.SplitSeq(value, ",") {
			if field = strings.TrimSpace(field); field == "*" || http.CanonicalHeaderKey(field) == acceptLanguage {
				return
			}
		}
	}
	if before := h["Vary"]; len(before) > 0 {
		h["Vary"] = append(before[:len(before):len(before)], acceptLanguage)
		return
	}
	last := len(c.values) - 1
	c.values[last] = acceptLanguage
	h["Vary"] = c.values[last : last+1 : last+1]
}

// words is the language in which this request is answered.
func (c *call) words() *messages.Language { return c.Desk.Messages.In(c.language()) }

// t says a message in the language of the answer; see [messages.Language.Text].
//
//go:noinline
func (c *call) t(key string, args ...any) string { return c.words().Text(key, args...) }

// say says a text in the language of the answer.
//
//go:noinline
func (c *call) say(t messages.Text) string { return c.words().Say(t) }
