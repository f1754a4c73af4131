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
// used but not defined, a form that posts without the token, which the office
// would always refuse, and a value in a place where none is safe.
func check(t *template.Template) error {
	var mistakes []error
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
				if t.Lookup(n.Name) == nil {
					mistakes = append(mistakes, fmt.Errorf("%s: no such template %q", part.Name(), n.Name))
				}
				if n.Name == "csrf" {
					text.WriteString(`name="csrf"`)
				}
			}
		})
		for _, form := range forms.FindAllString(text.String(), -1) {
			if posts.MatchString(form) && !strings.Contains(form, `name="csrf"`) {
				mistakes = append(mistakes, fmt.Errorf(`%s: a form that posts lacks {{template "csrf" .}}`, part.Name()))
			}
		}
	}
	if err := escapes(t); err != nil {
		mistakes = append(mistakes, err)
	}
	return errors.Join(mistakes...)
}

// escapes returns what html/template cannot escape. html/template checks it just
// before it executes a template; whether that then fails for want of data does not
// matter.
func escapes(t *template.Template) error {
	trial, err := t.Clone()
	if err != nil {
		return fmt.Errorf("copy template: %w", err)
	}
	err = trial.ExecuteTemplate(io.Discard, "layout", nil)
	if unsafe, ok := errors.AsType[*template.Error](err); ok {
		return unsafe
	}
	return nil
}

var (
	forms = regexp.MustCompile(`(?is)<form\b.*?(</form>|\z)`)
	posts = regexp.MustCompile(`(?is)^<form\b[^>]*\bmethod\s*=\s*["']?post`)
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
