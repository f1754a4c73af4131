package view

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/postern-go/postern/internal/messages"
)

// check finds what cannot work in the templates of a page: a template that is
// used but not defined, a layout that does not show the page, a form that posts
// without the token, which the office would always refuse, a value in a place
// where none is safe, and whatever would fail on data of this type.
func (p *parsed) check(page string, data reflect.Type) error {
	mistakes := []error{p.checkHost(page, nil, data)}
	if !p.used("layout")["content"] {
		mistakes = append(mistakes, errors.New(`layout.html: it does not show the page: it lacks {{template "content" .}}`))
	}
	return errors.Join(append(mistakes, p.checkForms(page))...)
}

// checkForms finds forms without the token in the templates of a page, or, if page is empty, in
// those that all pages share.
func (p *parsed) checkForms(page string) error {
	var mistakes []error
	for _, name := range slices.Sorted(maps.Keys(p.trees)) {
		if of, _, _ := strings.Cut(name, ":"); of != page && (page != "" || of != name) {
			continue
		}
		if strings.TrimPrefix(name, page+":") == "csrf" && !p.hasToken(p.trees[name]) {
			mistakes = append(mistakes, p.at(name, nil, `"csrf" is defined without the token: <input type="hidden" name="csrf" value="{{.Frame.CSRF}}">`))
		}
		for _, f := range p.formsOf(name) {
			if f.posts && !f.token {
				mistakes = append(mistakes, p.at(name, f.at, `a form that posts lacks {{template "csrf" .}}: the office would refuse all that is sent with it`))
			}
		}
	}
	return errors.Join(mistakes...)
}

// checkHost finds what cannot work in a page of the host's, whose forms may also
// post to the community.
func (p *parsed) checkHost(page string, funcs template.FuncMap, data reflect.Type) error {
	var mistakes []error
	for _, name := range p.of(page) {
		walk(p.trees[name].Root, func(n parse.Node) {
			if n, ok := n.(*parse.TemplateNode); ok && p.trees[n.Name] == nil {
				mistakes = append(mistakes, p.at(name, n, "there is no template %q%s", n.Name, near(n.Name, p.callable(page))))
			}
		})
	}
	if len(mistakes) > 0 {
		return errors.Join(mistakes...)
	}
	all := maps.Clone(ownFuncs)
	maps.Copy(all, funcs)
	c := newChecker(p, all, data)
	for _, slot := range append([]string{"layout"}, slots...) {
		if own := partOf(page, slot); p.trees[own] != nil {
			slot = own
		}
		c.check(slot, sceneType)
	}
	if err := c.err(); err != nil {
		return err
	}
	return p.escapes(page, funcs)
}

// at is an error with its place in a template.
func (p *parsed) at(name string, n parse.Node, format string, args ...any) error {
	where := p.trees[name].ParseName
	if n != nil {
		where, _ = p.trees[name].ErrorContext(n)
	}
	return fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...))
}

// callable are the templates that a page may include.
func (p *parsed) callable(page string) []string {
	names := p.of(page)
	for i, name := range names {
		names[i] = strings.TrimPrefix(name, page+":")
	}
	return names
}

// of returns the names of the templates of a page, and of all that every page shares.
func (p *parsed) of(page string) []string {
	var names []string
	for name := range p.trees {
		if of, _, own := strings.Cut(name, ":"); !own || of == page {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// used returns the templates that one includes, itself among them.
func (p *parsed) used(name string) map[string]bool {
	seen := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		if seen[name] || p.trees[name] == nil {
			return
		}
		seen[name] = true
		walk(p.trees[name].Root, func(n parse.Node) {
			if n, ok := n.(*parse.TemplateNode); ok {
				visit(n.Name)
			}
		})
	}
	visit(name)
	return seen
}

// escapes returns what html/template cannot escape. html/template checks it just
// before it executes a template; whether that then fails for want of data does not
// matter.
func (p *parsed) escapes(page string, funcs template.FuncMap) error {
	own := &parsed{trees: map[string]*parse.Tree{}, pages: map[string]error{page: nil}}
	for _, name := range p.of(page) {
		own.trees[name] = p.trees[name]
	}
	trial, err := own.newSet(messages.English(), nil, funcs)
	if err != nil {
		return err
	}
	for _, t := range append(trial.parts[page], trial.Template) {
		if t == nil {
			continue
		}
		err := t.Execute(nowhere{}, nil)
		if unsafe, ok := errors.AsType[*template.Error](err); ok {
			return fmt.Errorf("%s: %w", page, unsafe)
		}
	}
	return nil
}

// safePlaces are what html/template appends to values where text is safe that was escaped
// before: between tags, in a title, and in quotes.
var safePlaces = []string{"_html_template_htmlescaper", "_html_template_rcdataescaper", "_html_template_attrescaper"}

// checkParts finds parts of a page that the layout includes where their text would be
// something else, such as a script: they are put there after they were escaped.
func (p *parsed) checkParts() error {
	used := p.used("layout")
	probes := map[string][]*parse.ActionNode{}
	trial := template.New("").Funcs(ownFuncs)
	for name := range used {
		if slices.Contains(slots, name) {
			continue
		}
		tree := p.trees[name].Copy()
		walk(tree.Root, func(n parse.Node) {
			list, ok := n.(*parse.ListNode)
			if !ok {
				return
			}
			for i, n := range list.Nodes {
				if n, ok := n.(*parse.TemplateNode); ok && slices.Contains(slots, n.Name) {
					dot := &parse.CommandNode{NodeType: parse.NodeCommand, Args: []parse.Node{&parse.DotNode{NodeType: parse.NodeDot}}}
					probe := &parse.ActionNode{NodeType: parse.NodeAction, Pipe: &parse.PipeNode{NodeType: parse.NodePipe, Cmds: []*parse.CommandNode{dot}}}
					list.Nodes[i], probes[n.Name] = probe, append(probes[n.Name], probe)
				}
			}
		})
		if _, err := trial.AddParseTree(name, tree); err != nil {
			return fmt.Errorf("template %s: %w", name, err)
		}
	}
	if trial = trial.Lookup("layout"); trial == nil {
		return nil // which others report
	}
	_ = trial.Execute(nowhere{}, nil) // which escapes first; pages report what cannot be
	var mistakes []error
	for _, part := range slots {
		for _, probe := range probes[part] {
			if cmds := probe.Pipe.Cmds; len(cmds) != 2 || !slices.Contains(safePlaces, cmds[1].String()) {
				mistakes = append(mistakes, fmt.Errorf(`the layout shows %q where only text between tags or in quotes is safe`, part))
			}
		}
	}
	return errors.Join(mistakes...)
}

// nowhere stops an execution at its first byte.
type nowhere struct{}

func (nowhere) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// walk visits a node and the nodes in it, in the order of the text.
func walk(n parse.Node, visit func(parse.Node)) {
	visit(n)
	branch := func(b parse.BranchNode) {
		walk(b.List, visit)
		if b.ElseList != nil {
			walk(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, inner := range n.Nodes {
			walk(inner, visit)
		}
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	case *parse.WithNode:
		branch(n.BranchNode)
	}
}
