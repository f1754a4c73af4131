package view

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"
	"text/template/parse"
)

// check finds what cannot work in the templates of a page: a template that is
// used but not defined, a layout that does not show the page, a form that posts
// without the token, which the office would always refuse, and a value in a place
// where none is safe.
func check(t *template.Template) error {
	mistakes := []error{checkHost(t)}
	if !shown(t, "layout", map[string]bool{})["content"] {
		mistakes = append(mistakes, errors.New(`the layout does not show "content"`))
	}
	for _, part := range t.Templates() {
		if part.Tree == nil {
			continue
		}
		var text strings.Builder
		walk(part.Tree.Root, func(n parse.Node) {
			switch n := n.(type) {
			case *parse.TextNode:
				text.Write(n.Text)
			case *parse.TemplateNode:
				if n.Name == "csrf" {
					text.WriteString(`name="csrf"`)
				}
			}
		})
		if part.Name() == "csrf" && !strings.Contains(text.String(), `name="csrf"`) {
			mistakes = append(mistakes, errors.New(`"csrf" is defined without the token`))
		}
		for _, form := range forms.FindAllString(text.String(), -1) {
			if posts.MatchString(form) && !strings.Contains(form, `name="csrf"`) {
				mistakes = append(mistakes, fmt.Errorf(`%s: a form that posts lacks {{template "csrf" .}}`, part.Name()))
			}
		}
	}
	return errors.Join(mistakes...)
}

// checkHost finds what cannot work in a page of the host's, whose forms may also
// post to the community.
func checkHost(t *template.Template) error {
	mistakes := []error{escapes(t)}
	for _, part := range t.Templates() {
		if part.Tree == nil {
			continue
		}
		walk(part.Tree.Root, func(n parse.Node) {
			if n, ok := n.(*parse.TemplateNode); ok && t.Lookup(n.Name) == nil {
				mistakes = append(mistakes, fmt.Errorf("%s: no such template %q", part.Name(), n.Name))
			}
		})
	}
	return errors.Join(mistakes...)
}

// shown adds to seen the templates that one includes.
func shown(t *template.Template, name string, seen map[string]bool) map[string]bool {
	part := t.Lookup(name)
	if seen[name] || part == nil || part.Tree == nil {
		return seen
	}
	seen[name] = true
	walk(part.Tree.Root, func(n parse.Node) {
		if n, ok := n.(*parse.TemplateNode); ok {
			shown(t, n.Name, seen)
		}
	})
	return seen
}

// escapes returns what html/template cannot escape. html/template checks it just
// before it executes a template; whether that then fails for want of data does not
// matter.
func escapes(t *template.Template) error {
	trial, err := t.Clone()
	if err != nil {
		return fmt.Errorf("copy template: %w", err)
	}
	err = trial.ExecuteTemplate(nowhere{}, "layout", nil)
	if unsafe, ok := errors.AsType[*template.Error](err); ok {
		return unsafe
	}
	return nil
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
