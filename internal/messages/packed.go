package messages

import (
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

//go:generate go run ./pack

// embedded are our languages as package pack wrote them: English has keys and texts, others
// only texts, in the order of the keys.
//
//go:embed packed/*.json.gz
var embedded embed.FS

// ourTags are the tags of our languages.
func ourTags() []string {
	files, err := embedded.ReadDir("packed")
	if err != nil {
		panic("messages: " + err.Error()) // it is embedded
	}
	var tags []string
	for _, f := range files {
		tags = append(tags, strings.TrimSuffix(f.Name(), ".json.gz"))
	}
	return tags
}

// source is the English that is embedded: keys in order, each with its text.
var source = sync.OnceValue(func() (s struct {
	keys  []string
	index map[string]int
	texts []json.RawMessage
}) {
	all := map[string]json.RawMessage{}
	unpack(Source, &all)
	s.keys = slices.Sorted(maps.Keys(all))
	s.index = make(map[string]int, len(s.keys))
	s.texts = make([]json.RawMessage, len(s.keys))
	for i, key := range s.keys {
		s.index[key], s.texts[i] = i, all[key]
	}
	return s
})

// lazy is a language of ours. Most of its messages are never said, or once, when they are
// put into templates: a text is parsed when it is needed.
type lazy struct {
	// texts are the JSON values of all messages, one after the other, and ends where each
	// ends. One that is missing is empty.
	texts string
	ends  []uint32
	said  []atomic.Pointer[message]
}

// text is the JSON value of a message.
func (l *lazy) text(i int) string {
	if i == 0 {
		return l.texts[:l.ends[0]]
	}
	return l.texts[l.ends[i-1]:l.ends[i]]
}

var lazyLanguages sync.Map // by tag, func() *lazy

// unpacked returns a language of ours, which all catalogues share, or nil if we do not have
// it.
func unpacked(tag string) *lazy {
	if !slices.Contains(ourTags(), tag) {
		return nil
	}
	load, _ := lazyLanguages.LoadOrStore(tag, sync.OnceValue(func() *lazy {
		texts := source().texts
		if tag != Source {
			texts = nil
			unpack(tag, &texts)
		}
		l := &lazy{ends: make([]uint32, len(texts)), said: make([]atomic.Pointer[message], len(texts))}
		var all strings.Builder // one text is smaller than thousands
		for i, text := range texts {
			if string(text) != "null" {
				all.Write(text)
			}
			l.ends[i] = uint32(all.Len())
		}
		l.texts = strings.Clone(all.String())
		return l
	}))
	return load.(func() *lazy)()
}

func unpack(tag string, into any) {
	f, err := embedded.Open(path.Join("packed", tag+".json.gz"))
	if err == nil {
		var z *gzip.Reader
		if z, err = gzip.NewReader(f); err == nil {
			err = json.NewDecoder(z).Decode(into)
		}
	}
	if err != nil {
		panic(fmt.Sprintf("messages: %s: %v", tag, err)) // a test reads them all
	}
}

// find returns the message of a key.
func (l *lazy) find(key string) (message, bool) {
	if l == nil {
		return message{}, false
	}
	i, ok := source().index[key]
	if !ok || i >= len(l.ends) || l.text(i) == "" {
		return message{}, false
	}
	if m := l.said[i].Load(); m != nil {
		return *m, true
	}
	m, err := parseValue(json.RawMessage(l.text(i)))
	if err != nil {
		return message{}, false // a test reads them all
	}
	l.said[i].Store(&m)
	return m, true
}
