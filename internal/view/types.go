package view

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"text/template/parse"
)

// checker finds in a page's templates what would fail when they are executed, whatever the
// branch: a field that the data does not have, a function with too few arguments, a part with
// the wrong value. What it cannot know, such as the data of a host's page, it takes for right.
type checker struct {
	trees map[string]*parse.Tree
	funcs map[string]reflect.Type
	// page is the type of .Page; nil if it is not known.
	page reflect.Type
	seen map[visit]bool
	// tree is the one that is looked at.
	tree     *parse.Tree
	mistakes []error
}

// visit is a template with a type of dot.
type visit struct {
	name string
	dot  reflect.Type
}

// scope has the types of variables; nil is not known.
type scope struct {
	dot  reflect.Type
	vars map[string]reflect.Type
}

var (
	sceneType  = reflect.TypeFor[scene]()
	stringType = reflect.TypeFor[string]()
	boolType   = reflect.TypeFor[bool]()
	intType    = reflect.TypeFor[int]()
)

// newChecker checks with these functions, and data of this type.
func newChecker(p *parsed, funcs map[string]any, page reflect.Type) *checker {
	c := &checker{trees: p.trees, funcs: map[string]reflect.Type{}, page: page, seen: map[visit]bool{}}
	for name, f := range funcs {
		c.funcs[name] = reflect.TypeOf(f)
	}
	return c
}

// check looks at a template, and at those that it includes.
func (c *checker) check(name string, dot reflect.Type) {
	at := visit{name, dot}
	tree := c.trees[name]
	if tree == nil || c.seen[at] {
		return
	}
	c.seen[at] = true
	outer := c.tree
	c.tree = tree
	c.list(tree.Root, scope{dot, map[string]reflect.Type{"$": dot}})
	c.tree = outer
}

// bad notes a mistake with its place.
func (c *checker) bad(n parse.Node, format string, args ...any) {
	where, _ := c.tree.ErrorContext(n)
	err := fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...))
	if !slices.ContainsFunc(c.mistakes, func(e error) bool { return e.Error() == err.Error() }) {
		c.mistakes = append(c.mistakes, err)
	}
}

func (c *checker) err() error { return errors.Join(c.mistakes...) }

func (c *checker) list(list *parse.ListNode, s scope) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			c.pipe(n.Pipe, s)
		case *parse.IfNode:
			c.branch(n.BranchNode, s, func(reflect.Type, scope) reflect.Type { return s.dot })
		case *parse.WithNode:
			c.branch(n.BranchNode, s, func(t reflect.Type, _ scope) reflect.Type { return t })
		case *parse.RangeNode:
			c.branch(n.BranchNode, s, c.element)
		case *parse.TemplateNode:
			var given reflect.Type
			if n.Pipe != nil {
				given = c.pipe(n.Pipe, s)
			}
			if want := taken[n.Name]; want != nil && !takes(want, given) {
				c.bad(n, "the part %q takes a %s, not a %s", n.Name, want, given)
				continue
			}
			c.check(n.Name, given)
		}
	}
}

// takes reports whether a part may be given a value of this type.
func takes(want, given reflect.Type) bool {
	if given == nil || given.Kind() == reflect.Interface {
		return true
	}
	if given.Kind() == reflect.Pointer {
		given = given.Elem()
	}
	return given == want || want == taken["field"] && (given == reflect.TypeFor[Field]() || given == reflect.TypeFor[control]())
}

func (c *checker) branch(n parse.BranchNode, s scope, dot func(reflect.Type, scope) reflect.Type) {
	inner := scope{s.dot, map[string]reflect.Type{}}
	for name, t := range s.vars {
		inner.vars[name] = t
	}
	t := c.pipe(n.Pipe, inner)
	c.list(n.ElseList, inner)
	inner.dot = dot(t, inner)
	if n.NodeType == parse.NodeRange && len(n.Pipe.Decl) > 0 {
		for _, v := range n.Pipe.Decl {
			inner.vars[v.Ident[0]] = nil
		}
		inner.vars[n.Pipe.Decl[len(n.Pipe.Decl)-1].Ident[0]] = inner.dot
	}
	c.list(n.List, inner)
}

// element is the type of what a range over a type is about.
func (c *checker) element(t reflect.Type, _ scope) reflect.Type {
	if t = indirect(t); t == nil {
		return nil
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return t.Elem()
	case reflect.Int:
		return t
	}
	return nil
}

func indirect(t reflect.Type) reflect.Type {
	if t != nil && t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// pipe returns the type of a pipeline.
func (c *checker) pipe(p *parse.PipeNode, s scope) reflect.Type {
	if p == nil {
		return nil
	}
	var t reflect.Type
	for i, cmd := range p.Cmds {
		t = c.command(cmd, s, t, i > 0)
	}
	for _, v := range p.Decl {
		s.vars[v.Ident[0]] = t
	}
	return t
}

// command returns the type of a command; last is that of the one before it in the pipeline.
func (c *checker) command(cmd *parse.CommandNode, s scope, last reflect.Type, piped bool) reflect.Type {
	first := cmd.Args[0]
	if name, ok := first.(*parse.IdentifierNode); ok {
		args := make([]argument, 0, len(cmd.Args))
		for _, a := range cmd.Args[1:] {
			args = append(args, argument{c.argument(a, s), a})
		}
		if piped {
			args = append(args, argument{last, cmd})
		}
		return c.call(name, args)
	}
	more := len(cmd.Args) - 1
	if piped {
		more++
	}
	for _, a := range cmd.Args[1:] {
		c.argument(a, s)
	}
	switch n := first.(type) {
	case *parse.FieldNode:
		return c.fields(n, s.dot, n.Ident, more)
	case *parse.VariableNode:
		return c.fields(n, s.vars[n.Ident[0]], n.Ident[1:], more)
	case *parse.ChainNode:
		return c.fields(n, c.argument(n.Node, s), n.Field, more)
	}
	return c.argument(first, s)
}

// argument returns the type of an argument; nil also of constants, which may become several.
func (c *checker) argument(n parse.Node, s scope) reflect.Type {
	switch n := n.(type) {
	case *parse.DotNode:
		return s.dot
	case *parse.FieldNode:
		return c.fields(n, s.dot, n.Ident, 0)
	case *parse.VariableNode:
		return c.fields(n, s.vars[n.Ident[0]], n.Ident[1:], 0)
	case *parse.ChainNode:
		return c.fields(n, c.argument(n.Node, s), n.Field, 0)
	case *parse.PipeNode:
		return c.pipe(n, s)
	case *parse.IdentifierNode:
		return c.call(n, nil)
	case *parse.StringNode:
		return stringType
	case *parse.BoolNode:
		return boolType
	}
	return nil
}
