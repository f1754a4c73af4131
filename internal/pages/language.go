package pages

import "github.com/postern-go/postern/internal/messages"

// words is the language in which this request is answered.
func (c *call) words() *messages.Language { return messages.English() }

// t says a message in the language of the answer; see [messages.Language.Text].
func (c *call) t(key string, args ...any) string { return c.words().Text(key, args...) }

// say says a text in the language of the answer.
func (c *call) say(t messages.Text) string { return c.words().Say(t) }

func (c *call) sayAll(texts []messages.Text) (said []string) {
	for _, t := range texts {
		said = append(said, c.say(t))
	}
	return said
}
