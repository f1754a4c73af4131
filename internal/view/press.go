package view

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"runtime"
	"slices"
	"sync"
	"text/template/parse"
	"time"

	"github.com/postern-go/postern/internal/messages"
)

// set is the templates of all pages in one language, with the messages that take no
// arguments already in place.
type set struct {
	*template.Template
	// parts are what each page defines of [slots], in their order.
	parts map[string][]*template.Template
	// now is the time of the page that is being rendered, in whose turn it is.
	now time.Time
	buf bytes.Buffer
}

// newSet makes the templates of a language.
func (p *parsed) newSet(l *messages.Language, clock func() time.Time, funcs template.FuncMap) (*set, error) {
	s := &set{parts: map[string][]*template.Template{}}
	if clock == nil {
		clock = func() time.Time { return s.now }
	}
	s.Template = template.New("").Option("missingkey=error").Funcs(ownFuncs).Funcs(wordFuncs(l, clock)).Funcs(funcs)
	for name, tree := range p.trees {
		tree = tree.Copy()
		inLanguage(tree.Root, l)
		if _, err := s.AddParseTree(name, tree); err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
	}
	for page := range p.pages {
		all := make([]*template.Template, len(slots))
		for i, part := range slots {
			all[i] = s.Lookup(partOf(page, part))
		}
		s.parts[page] = all
	}
	s.Template = s.Lookup("layout")
	return s, nil
}

// slot marks in the layout where a part of the page goes, before the part's number. No page
// has a NUL: html/template replaces it in data, and addPage refuses it in templates.
const slot = 0

// render executes a page in the layout. buf is free for the time. The page [bodyPage] has the
// content body.
func (s *set) render(page string, v scene, buf *bytes.Buffer, body []byte) ([]byte, error) {
	buf.Reset()
	into, data := &bounded{buf}, any(v) // once, not for each part
	var ends [5]int
	for i, part := range s.parts[page] {
		if part != nil {
			if err := part.Execute(into, data); err != nil {
				return nil, err
			}
		}
		if i == 0 {
			buf.Write(body)
		}
		ends[i+1] = buf.Len()
	}
	if err := s.Execute(into, data); err != nil {
		return nil, err
	}
	made := buf.Bytes()
	layout := made[ends[4]:]
	whole := make([]byte, 0, len(made)+ends[4]-ends[1])
	for {
		at := bytes.IndexByte(layout, slot)
		if at < 0 {
			return append(whole, layout...), nil
		}
		whole = append(whole, layout[:at]...)
		i := int(layout[at+1] - '0')
		whole = append(whole, made[ends[i]:ends[i+1]]...)
		layout = layout[at+2:]
	}
}

// press lends the sets of a language: a set shows one page at a time, because its clock is
// that of the page's office. Rendering waits for nothing but the processor, so that there
// are never more sets than processors.
type press struct {
	make func() (*set, error)
	free chan *set
	// more has a value for each set that may still be made.
	more chan struct{}
}

func newPress(build func() (*set, error)) *press {
	most := runtime.GOMAXPROCS(0)
	p := &press{make: build, free: make(chan *set, most), more: make(chan struct{}, most)}
	for range most {
		p.more <- struct{}{}
	}
	return p
}

// lend calls f with a set that is no one else's until it returns.
func (p *press) lend(f func(*set) error) error {
	var s *set
	select {
	case s = <-p.free:
	default:
		select {
		case s = <-p.free:
		case <-p.more:
			// A host's file system may panic, and who waits then waits for ever.
			defer func() {
				if s == nil {
					p.more <- struct{}{}
				}
			}()
			var err error
			if s, err = p.make(); err != nil {
				s = nil
				return err
			}
		}
	}
	defer func() {
		if s.buf.Cap() > mostKept {
			s.buf = bytes.Buffer{}
		}
		p.free <- s
	}()
	return f(s)
}

// mostKept is the longest page whose memory is kept for the next one, in bytes. Ours have a
// tenth of it.
const mostKept = 1 << 20

// presses are those of languages. The zero value has none.
type presses struct {
	mu  sync.Mutex
	all map[*messages.Language]*press
}

// of returns the press of a language, or nil.
func (all *presses) of(l *messages.Language) *press {
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.all[l]
}

// keep keeps the press of a language, unless there is one by now, and returns the one that
// counts.
func (all *presses) keep(l *messages.Language, made *press) *press {
	all.mu.Lock()
	defer all.mu.Unlock()
	if p := all.all[l]; p != nil {
		return p
	}
	if all.all == nil {
		all.all = map[*messages.Language]*press{}
	}
	all.all[l] = made
	return made
}

// press returns the one of a language. All renderers of the templates share it; one with
// messages of a host lasts as long as a renderer that has used it.
func (r *Renderer) press(l *messages.Language) *press {
	all, build := &r.presses, r.templates.theirPress
	if l.Shared() {
		all, build = &r.templates.presses, r.templates.newPress
	}
	if p := all.of(l); p != nil {
		return p
	}
	return all.keep(l, build(l))
}

func (t *Templates) newPress(l *messages.Language) *press {
	return newPress(func() (*set, error) { return t.parsed().newSet(l, nil, nil) })
}

// theirPress makes a press of a language of a host's, or returns the one that another renderer
// uses. The templates do not keep it: then neither would ever be freed.
func (t *Templates) theirPress(l *messages.Language) *press {
	p, _ := t.theirPresses.Get(l, func() (*press, error) { return t.newPress(l), nil }) // which does not fail
	return p
}

// inLanguage puts the messages that take no arguments into a template: {{t "key"}} becomes
// text, and (t "key") a constant, so that saying them costs nothing.
func inLanguage(n parse.Node, l *messages.Language) {
	walk(n, func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			sayConstants(n, l)
			joinTexts(n)
		case *parse.ActionNode:
			constants(n.Pipe, l)
		case *parse.TemplateNode:
			constants(n.Pipe, l)
		case *parse.IfNode:
			constants(n.Pipe, l)
		case *parse.WithNode:
			constants(n.Pipe, l)
		case *parse.RangeNode:
			constants(n.Pipe, l)
		}
	})
}

// sayConstants replaces the messages of a list by their text.
func sayConstants(list *parse.ListNode, l *messages.Language) {
	for i, n := range list.Nodes {
		if action, ok := n.(*parse.ActionNode); ok {
			if said, ok := constant(action.Pipe, l, true); ok {
				list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: action.Pos, Text: []byte(said)}
			}
		}
	}
}

// joinTexts makes one node of texts that follow each other.
func joinTexts(list *parse.ListNode) {
	joined := list.Nodes[:0]
	for _, n := range list.Nodes {
		text, ok := n.(*parse.TextNode)
		if ok && len(joined) > 0 {
			if last, ok := joined[len(joined)-1].(*parse.TextNode); ok {
				last.Text = slices.Concat(last.Text, text.Text)
				continue
			}
		}
		joined = append(joined, n)
	}
	clear(list.Nodes[len(joined):])
	list.Nodes = slices.Clip(joined)
}

// constants replaces the messages among the arguments of a pipeline.
func constants(pipe *parse.PipeNode, l *messages.Language) {
	if pipe == nil {
		return
	}
	for _, cmd := range pipe.Cmds {
		for i, arg := range cmd.Args {
			inner, ok := arg.(*parse.PipeNode)
			if !ok {
				continue
			}
			if said, ok := constant(inner, l, false); ok {
				cmd.Args[i] = &parse.StringNode{NodeType: parse.NodeString, Pos: inner.Pos, Quoted: fmt.Sprintf("%q", said), Text: said}
				continue
			}
			constants(inner, l)
		}
	}
}

// constant says a pipeline that is only a message without arguments; th only as markup.
func constant(pipe *parse.PipeNode, l *messages.Language, markup bool) (string, bool) {
	if !isConstant(pipe) {
		return "", false
	}
	name, key := pipe.Cmds[0].Args[0].(*parse.IdentifierNode), pipe.Cmds[0].Args[1].(*parse.StringNode)
	switch {
	case name.Ident == "th" && markup:
		return string(l.HTML(key.Text)), true
	case name.Ident == "forms" && markup:
		return html.EscapeString(l.Forms(key.Text)), true
	case name.Ident == "t" && markup:
		return html.EscapeString(l.Text(key.Text)), true
	case name.Ident == "t":
		return l.Text(key.Text), true
	}
	return "", false
}

// isConstant reports whether a pipeline calls a function with one constant text.
func isConstant(pipe *parse.PipeNode) bool {
	if len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 2 || len(pipe.Decl) > 0 {
		return false
	}
	_, isName := pipe.Cmds[0].Args[0].(*parse.IdentifierNode)
	_, isText := pipe.Cmds[0].Args[1].(*parse.StringNode)
	return isName && isText
}
