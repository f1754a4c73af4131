package docs_test

import (
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// packages are those that applications import.
var packages = []string{
	"backoffice", "mail", "password", "reset", "store",
	"store/memstore", "store/sqlstore", "store/storetest", "totp",
}

// unresolved is what a doc comment shows in brackets although it names nothing.
var unresolved = regexp.MustCompile(`\[\*?([a-z]+\.)?[A-Z][A-Za-z]*(\.[A-Z][A-Za-z]*)?\]`)

func TestDocCommentsLinkToWhatExists(t *testing.T) {
	for _, dir := range packages {
		files := token.NewFileSet()
		var syntax []*ast.File
		folder := filepath.Join(need.Root(t), filepath.FromSlash(dir))
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		for _, e := range entries {
			if filepath.Ext(e.Name()) == ".go" && !strings.HasSuffix(e.Name(), "_test.go") {
				file, err := parser.ParseFile(files, filepath.Join(folder, e.Name()), nil, parser.ParseComments)
				require.NoError(t, err)
				syntax = append(syntax, file)
			}
		}
		p, err := doc.NewFromFiles(files, syntax, "github.com/postern-go/postern/"+dir)
		require.NoError(t, err)
		require.NotEmpty(t, p.Doc, "%s has no package comment", dir)
		for where, text := range comments(p) {
			for _, found := range plain(p.Parser().Parse(text)) {
				t.Errorf("%s: %s: %s leads nowhere", dir, where, found)
			}
		}
	}
}

// comments are the doc comments of a package, by what they are of.
func comments(p *doc.Package) map[string]string {
	all := map[string]string{"package": p.Doc}
	values := func(list []*doc.Value) {
		for _, v := range list {
			all[strings.Join(v.Names, ", ")] = v.Doc
		}
	}
	functions := func(of string, list []*doc.Func) {
		for _, f := range list {
			all[of+f.Name] = f.Doc
		}
	}
	values(p.Consts)
	values(p.Vars)
	functions("", p.Funcs)
	for _, typ := range p.Types {
		all[typ.Name] = typ.Doc
		values(typ.Consts)
		values(typ.Vars)
		functions("", typ.Funcs)
		functions(typ.Name+".", typ.Methods)
	}
	return all
}

// plain finds brackets that were not read as links.
func plain(d *comment.Doc) (found []string) {
	text := func(list []comment.Text) {
		for _, part := range list {
			switch part := part.(type) {
			case comment.Plain:
				found = append(found, unresolved.FindAllString(string(part), -1)...)
			case comment.Italic:
				found = append(found, unresolved.FindAllString(string(part), -1)...)
			}
		}
	}
	var blocks func([]comment.Block)
	blocks = func(list []comment.Block) {
		for _, b := range list {
			switch b := b.(type) {
			case *comment.Paragraph:
				text(b.Text)
			case *comment.Heading:
				text(b.Text)
			case *comment.List:
				for _, item := range b.Items {
					blocks(item.Content)
				}
			}
		}
	}
	blocks(d.Content)
	return found
}
