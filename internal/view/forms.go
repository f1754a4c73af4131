package view

import (
	"regexp"
	"slices"
	"strings"
	"text/template/parse"
)

// form is a form of a template.
type form struct {
	// at is where it begins.
	at parse.Node
	// posts is set if it, or one of its buttons, posts; token if it has the token.
	posts, token bool
	// tag is its start tag, with the actions in it as they are written.
	tag string
}

var (
	forms = regexp.MustCompile(`(?is)<form\b.*?(</form>|\z)`)
	posts = regexp.MustCompile(`(?is)^<form\b[^>]*\bmethod\s*=\s*["']?post|\bformmethod\s*=\s*["']?post`)
	token = regexp.MustCompile(`(?i)\bname\s*=\s*["']?csrf\b`)
)

// formsOf returns the forms of a template.
func (p *parsed) formsOf(name string) []form {
	text, places := p.text(name)
	var found []form
	for _, at := range forms.FindAllStringIndex(text, -1) {
		whole := text[at[0]:at[1]]
		tag, _, _ := strings.Cut(whole, ">")
		found = append(found, form{at: places.node(at[0]), posts: posts.MatchString(whole), token: token.MatchString(whole), tag: tag})
	}
	return found
}

// hasToken reports whether a template writes the token.
func (p *parsed) hasToken(tree *parse.Tree) bool {
	text, _ := p.text(tree.Name)
	return token.MatchString(text)
}

// text returns what a template writes: its text, its actions as they are written, and the
// names of fields of templates that it includes.
func (p *parsed) text(name string) (string, places) {
	var b strings.Builder
	var at places
	walk(p.trees[name].Root, func(n parse.Node) {
		switch n := n.(type) {
		case *parse.TextNode:
			at = append(at, place{b.Len(), n})
			b.Write(n.Text)
		case *parse.ActionNode:
			b.WriteString(n.String())
		case *parse.TemplateNode:
			if n.Name == "csrf" || slices.ContainsFunc(p.included(n.Name), func(s string) bool { return token.MatchString(s) }) {
				b.WriteString(`name="csrf"`)
			}
		}
	})
	return b.String(), at
}

// included are the texts of a template and of those that it includes.
func (p *parsed) included(name string) (texts []string) {
	for used := range p.used(name) {
		walk(p.trees[used].Root, func(n parse.Node) {
			if n, ok := n.(*parse.TextNode); ok {
				texts = append(texts, string(n.Text))
			}
		})
	}
	return texts
}

// place is where a text of a template begins in what it writes.
type place struct {
	from int
	node *parse.TextNode
}

type places []place

// node returns a node for an error about a place.
func (all places) node(at int) parse.Node {
	for _, p := range slices.Backward(all) {
		if p.from <= at {
			return &parse.TextNode{NodeType: parse.NodeText, Pos: p.node.Pos + parse.Pos(at-p.from)}
		}
	}
	return &parse.TextNode{NodeType: parse.NodeText}
}

var (
	action  = regexp.MustCompile(`(?is)\baction\s*=\s*(.*)`)
	literal = regexp.MustCompile(`\.Frame\.URL \(?(?:print )?"([^"]*)"`)
)

// inside reports whether a form surely posts into the office, to a path that needs the token:
// to its own page, or to a URL of the frame's.
func (f form) inside(tokenless []string) bool {
	if strings.Contains(f.tag, " hx-") {
		return false
	}
	to := action.FindStringSubmatch(f.tag)
	if to == nil {
		return true
	}
	path := literal.FindStringSubmatch(to[1])
	return path != nil && !slices.ContainsFunc(tokenless, func(prefix string) bool { return strings.HasPrefix(path[1], prefix) })
}

// needed returns the names of the fields that a page of ours always posts and that are not
// optional: without them, nothing that its form is for can be done. The token is judged form by
// form, and without "next" people only land on the home page.
func (p *parsed) needed(page string) []string {
	var names []string
	for _, whole := range forms.FindAllString(p.fields(partOf(page, "content"), false, nil), -1) {
		if posts.MatchString(whole) {
			names = append(names, namesIn(whole)...)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "csrf" || name == "next" })
}

// has returns the names of all fields that a page may have.
func (p *parsed) has(page string) []string {
	return namesIn(p.fields(partOf(page, "content"), true, nil))
}

var controls = regexp.MustCompile(`(?is)<(?:input|select|textarea)\b[^>]*?\bname\s*=\s*["']?([\w-]+)`)

func namesIn(text string) (names []string) {
	for _, m := range controls.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// fields returns what a template and those that it includes write, with an input for each
// call that makes a field. Unless it is to be all, it leaves out what depends on a condition,
// and fields that are optional.
func (p *parsed) fields(name string, all bool, within []string) string {
	tree := p.trees[name]
	if tree == nil || slices.Contains(within, name) {
		return ""
	}
	within = append(within[:len(within):len(within)], name)
	var b strings.Builder
	made := map[string]string{} // by variable
	var list func(*parse.ListNode)
	pipe := func(pipe *parse.PipeNode) {
		if pipe == nil {
			return
		}
		field := fieldIn(pipe, all)
		for _, v := range pipe.Decl {
			made[v.Ident[0]] = field
		}
		if v, ok := pipe.Cmds[0].Args[0].(*parse.VariableNode); ok && len(pipe.Cmds) == 1 {
			field = made[v.Ident[0]]
		} else if len(pipe.Decl) > 0 {
			return
		}
		if field != "" {
			b.WriteString(`<input name="` + field + `">`)
		}
	}
	branch := func(n parse.BranchNode, always bool) {
		if always || all {
			pipe(n.Pipe)
			list(n.List)
		}
		if n.ElseList != nil && all {
			list(n.ElseList)
		}
	}
	list = func(l *parse.ListNode) {
		for _, n := range l.Nodes {
			switch n := n.(type) {
			case *parse.TextNode:
				b.Write(n.Text)
			case *parse.ActionNode:
				pipe(n.Pipe)
			case *parse.IfNode:
				branch(n.BranchNode, false)
			case *parse.RangeNode:
				branch(n.BranchNode, false)
			case *parse.WithNode:
				branch(n.BranchNode, fieldIn(n.Pipe, true) != "")
			case *parse.TemplateNode:
				pipe(n.Pipe)
				b.WriteString(p.fields(n.Name, all, within))
			}
		}
	}
	list(tree.Root)
	return b.String()
}

// fieldIn returns the name of the field that a pipeline makes, or "". Optional ones count only
// if they are to.
func fieldIn(pipe *parse.PipeNode, optional bool) (name string) {
	for _, cmd := range pipe.Cmds {
		if inner, ok := cmd.Args[0].(*parse.PipeNode); ok && len(cmd.Args) == 1 {
			name = fieldIn(inner, optional)
		}
		f, ok := cmd.Args[0].(*parse.IdentifierNode)
		if !ok {
			continue
		}
		switch f.Ident {
		case "field", "secret", "tick", "filter":
			if len(cmd.Args) > 2 && (optional || f.Ident == "field" || f.Ident == "secret") {
				if s, ok := cmd.Args[2].(*parse.StringNode); ok {
					name = s.Text
				}
			}
		case "optional":
			if !optional {
				return ""
			}
		}
	}
	return name
}
