package view

import (
	"reflect"
	"strings"
	"text/template/parse"

	"github.com/postern-go/postern/backoffice/parts"
)

// fields follows names from a type; args is how many arguments the last of them gets.
func (c *checker) fields(n parse.Node, t reflect.Type, names []string, args int) reflect.Type {
	for i, name := range names {
		given := 0
		if i == len(names)-1 {
			given = args
		}
		next, ok := c.field(n, t, name, given)
		if !ok {
			return nil
		}
		t = next
	}
	return t
}

// field returns the type of a field, a method or a key; ok is false if that is not known.
func (c *checker) field(n parse.Node, t reflect.Type, name string, args int) (found reflect.Type, ok bool) {
	if t == nil {
		return nil, false
	}
	if method, is := methodOf(t, name); is {
		f := method.Type
		most, bound := f.NumIn(), 0
		if t.Kind() != reflect.Interface {
			bound = 1 // the receiver
		}
		if args < most-bound && !(f.IsVariadic() && args >= most-bound-1) || args > most-bound && !f.IsVariadic() {
			c.bad(n, "%s takes %d arguments, and gets %d", name, most-bound, args)
		}
		return f.Out(0), true
	}
	t = indirect(t)
	switch t.Kind() {
	case reflect.Interface:
		return nil, false
	case reflect.Map:
		return t.Elem(), true
	case reflect.Struct:
		if t == sceneType && name == "Page" {
			return c.page, true
		}
		if f, is := t.FieldByName(name); is && f.IsExported() {
			return f.Type, true
		}
	}
	c.bad(n, "%s has no %s%s", describe(t), name, near(name, namesOf(t)))
	return nil, false
}

func methodOf(t reflect.Type, name string) (reflect.Method, bool) {
	if m, ok := t.MethodByName(name); ok {
		return m, true
	}
	if t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface {
		return reflect.PointerTo(t).MethodByName(name)
	}
	return reflect.Method{}, false
}

// describe is what a message calls a type.
func describe(t reflect.Type) string {
	switch {
	case t == sceneType:
		return "the page"
	case t == reflect.TypeFor[Frame]():
		return ".Frame"
	case t.Name() != "":
		return t.Name()
	}
	return "a " + t.String()
}

// namesOf are the names that can follow a type.
func namesOf(t reflect.Type) []string {
	var names []string
	if t.Kind() == reflect.Struct {
		for _, f := range reflect.VisibleFields(t) {
			if f.IsExported() {
				names = append(names, f.Name)
			}
		}
	}
	for i := range t.NumMethod() {
		names = append(names, t.Method(i).Name)
	}
	return names
}

// argument is one of a function: its type, and where it is.
type argument struct {
	is reflect.Type
	at parse.Node
}

// call checks the arguments of a function, and returns the type of what it returns.
func (c *checker) call(n *parse.IdentifierNode, args []argument) reflect.Type {
	switch n.Ident {
	case "eq", "ne", "lt", "le", "gt", "ge", "not":
		return boolType
	case "len":
		return intType
	case "print", "printf", "println", "html", "js", "urlquery":
		return stringType
	case "and", "or":
		return same(args)
	case "index":
		if len(args) == 0 {
			return nil
		}
		t := args[0].is
		for range args[1:] {
			t = c.element(t, scope{})
		}
		return t
	case "slice":
		return same(args[:min(1, len(args))])
	}
	f := c.funcs[n.Ident]
	if f == nil || f.Kind() != reflect.Func {
		return nil
	}
	least := f.NumIn()
	if f.IsVariadic() {
		least--
	}
	if len(args) < least || len(args) > least && !f.IsVariadic() {
		c.bad(n, "the function %q takes %d arguments, and gets %d", n.Ident, least, len(args))
		return f.Out(0)
	}
	for i, a := range args {
		want := f.In(min(i, f.NumIn()-1))
		if f.IsVariadic() && i >= least {
			want = want.Elem()
		}
		if _, constant := a.at.(*parse.StringNode); !fits(want, a.is) && !(constant && want.Kind() == reflect.String) {
			c.bad(a.at, "the function %q takes a %s as its %s argument, not a %s", n.Ident, want, ordinal(i), a.is)
		}
	}
	if n.Ident == "kind" {
		c.kind(args)
	}
	return f.Out(0)
}

// kind checks the name of a kind of field.
func (c *checker) kind(args []argument) {
	if s, ok := args[0].at.(*parse.StringNode); ok {
		if !parts.Kind(s.Text).Known() {
			c.bad(s, "%s", strings.TrimPrefix(unknownKind("", s.Text).Error(), `the field "": `))
		}
	}
}

func same(args []argument) reflect.Type {
	for _, a := range args {
		if a.is != args[0].is {
			return nil
		}
	}
	if len(args) == 0 {
		return nil
	}
	return args[0].is
}

// fits reports whether a template may give a value of a type to an argument of another, as
// far as that is known.
func fits(want, is reflect.Type) bool {
	if is == nil || is.Kind() == reflect.Interface || want.Kind() == reflect.Interface && (want.NumMethod() == 0 || is.Implements(want) || reflect.PointerTo(is).Implements(want)) {
		return true
	}
	return is.AssignableTo(want) || is.Kind() == reflect.Pointer && is.Elem().AssignableTo(want) || reflect.PointerTo(is).AssignableTo(want)
}

func ordinal(i int) string {
	if names := []string{"first", "second", "third", "fourth"}; i < len(names) {
		return names[i]
	}
	return "next"
}
