package view

import (
	"html/template"
	"maps"
	"slices"
	"strings"
	"text/template/parse"
)

// Promised has what pages of hosts may use of ours in version parts.Version of the parts:
// docs/parts.md explains each. Whatever else there is may change at any time, so that pages
// of hosts are refused it.
var (
	PromisedParts = []string{
		"ago", "ago-alone", "bar-chart", "csrf", "empty", "field", "icon", "initials", "line-chart", "notice", "pager", "problem", "problems",
		"summary", "tabs", "time", "title",
	}
	PromisedFuncs = []string{
		// In the reader's language.
		"ago", "count", "day", "forms", "host", "list", "moment", "span", "stamp", "t", "th",
		// Fields.
		"any", "autocomplete", "autofocus", "capitals", "choice", "field", "fieldID", "filter", "hint", "inputmode", "kind", "label", "maxlength", "optional",
		"options", "rows", "secret", "tick", "unit",
		// Other parts.
		"act", "empty", "initials", "level", "notice", "pager", "tab", "tabs", "text",
	}
)

// hostFuncs are the functions of a host's pages: those of ours that are promised, and the
// host's. If both have a name, it is the host's, so that a new one of ours takes no name away.
func hostFuncs(funcs template.FuncMap) template.FuncMap {
	all := template.FuncMap{}
	for _, name := range PromisedFuncs {
		all[name] = ownFuncs[name]
	}
	maps.Copy(all, funcs)
	return all
}

// apart returns the host's functions under names that none of ours has, and renames them in
// templates that call them: our parts go on calling ours.
func apart(funcs template.FuncMap, trees map[string]*parse.Tree) template.FuncMap {
	renamed := template.FuncMap{}
	for name, f := range funcs {
		if _, ours := ownFuncs[name]; ours {
			renamed[hostName+name] = f
		} else {
			renamed[name] = f
		}
	}
	for _, tree := range trees {
		walkPipes(tree.Root, func(pipe *parse.PipeNode) {
			for _, cmd := range pipe.Cmds {
				for _, arg := range cmd.Args {
					if f, ok := arg.(*parse.IdentifierNode); ok && renamed[hostName+f.Ident] != nil {
						f.Ident = hostName + f.Ident
					}
				}
			}
		})
	}
	return renamed
}

// hostName begins the names of functions of the host's that are also names of ours.
const hostName = "ofTheHost_"

// walkPipes visits every pipeline in a node, also those in others.
func walkPipes(n parse.Node, visit func(*parse.PipeNode)) {
	var pipe func(*parse.PipeNode)
	pipe = func(p *parse.PipeNode) {
		if p == nil {
			return
		}
		visit(p)
		for _, cmd := range p.Cmds {
			for _, arg := range cmd.Args {
				if inner, ok := arg.(*parse.PipeNode); ok {
					pipe(inner)
				}
				if chain, ok := arg.(*parse.ChainNode); ok {
					if inner, ok := chain.Node.(*parse.PipeNode); ok {
						pipe(inner)
					}
				}
			}
		}
	}
	walk(n, func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ActionNode:
			pipe(n.Pipe)
		case *parse.TemplateNode:
			pipe(n.Pipe)
		case *parse.IfNode:
			pipe(n.Pipe)
		case *parse.WithNode:
			pipe(n.Pipe)
		case *parse.RangeNode:
			pipe(n.Pipe)
		}
	})
}

// promised reports whether a page of a host may include a template: one of its own, or a
// part that is promised.
func promised(name, page string) bool {
	return strings.HasPrefix(name, page+":") || slices.Contains(PromisedParts, name)
}
