package view

import (
	"fmt"
	"reflect"

	"github.com/postern-go/postern/backoffice/parts"
)

// partFuncs make the values of parts in a template:
//
//	{{template "empty" (empty "mail" "No emails yet" | text "They appear here." | act "Send one" (.Frame.URL "/mail/test"))}}
var partFuncs = map[string]any{
	"empty": func(icon, title string) parts.Empty { return parts.Empty{Icon: icon, Title: title} },
	"level": func(level parts.Level, e parts.Empty) parts.Empty { e.Level = level; return e },
	"text":  func(text string, e parts.Empty) parts.Empty { e.Text = text; return e },
	"act": func(label, url string, e parts.Empty) parts.Empty {
		e.Acts = append(e.Acts[:len(e.Acts):len(e.Acts)], parts.Link{Label: label, URL: url})
		return e
	},
	"notice": func(level parts.Level, text string) parts.Notice { return parts.Notice{Level: level, Text: text} },
	"tabs":   func(label string) parts.Tabs { return parts.Tabs{Label: label} },
	"tab": func(label, url string, current bool, t parts.Tabs) parts.Tabs {
		t.Tabs = append(t.Tabs[:len(t.Tabs):len(t.Tabs)], parts.Tab{Label: label, URL: url, Current: current})
		return t
	},
	"pager": func(first, previous, next string) parts.Pager {
		return parts.Pager{First: first, Previous: previous, Next: next}
	},
	"given":   given,
	"iconFor": func(level parts.Level) string { return Level(level).Icon() },
}

// taken are the types that parts take, where it is not all of the page.
var taken = map[string]reflect.Type{
	"field": reflect.TypeFor[parts.Field](), "empty": reflect.TypeFor[parts.Empty](), "notice": reflect.TypeFor[parts.Notice](),
	"pager": reflect.TypeFor[parts.Pager](), "tabs": reflect.TypeFor[parts.Tabs](),
	"bar-chart": reflect.TypeFor[parts.Chart](), "line-chart": reflect.TypeFor[parts.Chart](),
}

// given returns what a part was given, if it is what the part takes.
func given(part string, value any) (any, error) {
	v, want := reflect.ValueOf(value), taken[part]
	if v.IsValid() && v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if !v.IsValid() || v.Type() != want {
		return nil, mistaken(part, want.String(), value)
	}
	return v.Interface(), nil
}

// mistaken says what a part takes instead.
func mistaken(part, want string, got any) error {
	if got == nil {
		return fmt.Errorf("the part %q takes a %s, and got nothing", part, want)
	}
	return fmt.Errorf("the part %q takes a %s, not a %T", part, want, got)
}
