package pages

import "github.com/postern-go/postern/internal/messages"

// counted is a number of a chart. If counting stopped at n, there are more.
type counted struct {
	n    int
	more bool
}

// said is the number as an argument of a message.
func (c counted) said() any {
	if c.more {
		return messages.New("home.sign_ins.more", "number", c.n)
	}
	return c.n
}

// figure is the number in a language.
func (c counted) figure(in *messages.Language) string {
	if c.more {
		return in.Text("home.sign_ins.more", "number", c.n)
	}
	return in.Number(c.n)
}
