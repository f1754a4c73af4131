package commands

import (
	"context"

	"github.com/postern-go/postern/internal/messages"
)

// messageKinds are the commands about languages.
var messageKinds = []*kind{
	{name: "messages", anySecret: true, summary: messages.New("commands.messages.summary"), text: messages.New("commands.messages.text"),
		example: "messages -missing de", run: languages, flags: []option{text("missing", "commands.messages.flag.missing"), asJSON}},
}

// languageRecord is a language in JSON.
type languageRecord struct {
	Language   string `json:"language"`
	Name       string `json:"name"`
	Translated int    `json:"translated"`
	Messages   int    `json:"messages"`
}

var languageColumns = columns[languageRecord]{
	[]string{"language", "name", "translated"},
	func(c *call, l languageRecord) []any {
		return []any{l.Language, l.Name, messages.New("commands.messages.translated", "n", l.Messages, "translated", l.Translated)}
	},
}

// messageRecord is a message that is said in English, in JSON.
type messageRecord struct {
	Key     string `json:"key"`
	English string `json:"english"`
}

var messageColumns = columns[messageRecord]{
	[]string{"key", "english"},
	func(_ *call, m messageRecord) []any { return []any{m.Key, m.English} },
}

func languages(_ context.Context, c *call) error {
	catalogue, all := c.desk.Messages, len(messages.Keys())
	if tag := c.flags.value("missing"); tag != "" {
		if !catalogue.Has(tag) {
			return wrong("commands.messages.unknown", "language", tag, "languages", catalogue.Tags())
		}
		rows := each(catalogue.Missing(tag), func(key string) messageRecord {
			return messageRecord{key, messages.Written(key)}
		})
		return list(c, rows, "commands.messages.complete", messageColumns)
	}
	rows := each(catalogue.Tags(), func(tag string) languageRecord {
		return languageRecord{tag, catalogue.Name(tag), all - len(catalogue.Missing(tag)), all}
	})
	return list(c, rows, "", languageColumns)
}
