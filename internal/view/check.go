package view

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/postern-go/postern/internal/messages"
)

// check finds what cannot work in the templates of a page: a template that is
// used but not defined, a layout that does not show the page, a form that posts
// without the token, which the office would always refuse, and a value in a place
// where none is safe.
func (p *parsed) check(page string) error {
	mistakes := []error{p.checkHost(page, nil)}
	if !p.used("layout")["content"] {
		mistakes = append(mistakes, errors.New(`the layout does not show "content"`))
	}
	for _, name := range p.of(page) {
		var text strings.Builder
		walk(p.trees[name].Root, func(n parse.Node) {
			switch n := n.(type) {
			case *parse.TextNode:
				text.Write(n.Text)
			case *parse.TemplateNode:
				if _, own, _ := strings.Cut(n.Name, ":"); n.Name == "csrf" || own == "csrf" {
					text.WriteString(`name="csrf"`)
				}
			}
		})
		called := strings.TrimPrefix(name, page+":")
		if called == "csrf" && !strings.Contains(text.String(), `name="csrf"`) {
			mistakes = append(mistakes, errors.New(`"csrf" is defined without the token`))
		}
		for _, form := range forms.FindAllString(text.String(), -1) {
			if posts.MatchString(form) && !strings.Contains(form, `name="csrf"`) {
				mistakes = append(mistakes, fmt.Errorf(`%s: a form that posts lacks {{template "csrf" .}}`, called))
			}
		}
	}
	return errors.Join(mistakes...)
}

// checkHost finds what cannot work in a page of the host's, whose forms may also
// post to the community.
func (p *parsed) checkHost(page string, funcs template.FuncMap) error {
	mistakes := []error{p.escapes(page, funcs)}
	for _, name := range p.of(page) {
		walk(p.trees[name].Root, func(n parse.Node) {
			if n, ok := n.(*parse.TemplateNode); ok && p.trees[n.Name] == nil {
				mistakes = append(mistakes, fmt.Errorf("%s: no such template %q", strings.TrimPrefix(name, page+":"), n.Name))
			}
		})
	}
	return errors.Join(mistakes...)
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
			return unsafe
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

var (
	forms = regexp.MustCompile(`(?is)<form\b.*?(</form>|\z)`)
	posts = regexp.MustCompile(`(?is)^<form\b[^>]*\bmethod\s*=\s*["']?post|\bformmethod\s*=\s*["']?post`)
)

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
