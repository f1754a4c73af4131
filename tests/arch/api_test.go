package arch_test

import (
	"flag"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

var update = flag.Bool("update", false, "write testdata/api.txt anew")

// TestThePublicAPIIsWrittenDown compares what the published module exports with
// testdata/api.txt, a line for each name, so that a change to it is seen in
// review and told in CHANGELOG.md.
func TestThePublicAPIIsWrittenDown(t *testing.T) {
	lines := publicAPI(t)
	for _, line := range lines {
		require.NotContains(t, line, "internal/", "a type of an internal package hides its fields and methods from go doc")
	}
	file, text := filepath.Join("testdata", "api.txt"), strings.Join(lines, "\n")+"\n"
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(written), text, "renew it with: go test ./tests/arch -run PublicAPI -update")
}

// publicAPI describes every exported name of every public package, from what the
// compiler exports.
func publicAPI(t *testing.T) []string {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "./...")
	cmd.Dir, cmd.Stderr = need.Root(t), os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	exports := map[string]string{}
	var public []string
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		exports[path] = file
		if below(path, module) && !strings.Contains(path+"/", "/internal/") {
			public = append(public, path)
		}
	}
	imports := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var lines []string
	for _, path := range public {
		pkg, err := imports.Import(path)
		require.NoError(t, err)
		for _, name := range pkg.Scope().Names() {
			if object := pkg.Scope().Lookup(name); object.Exported() && pkg.Name() != "main" {
				lines = append(lines, describe(object)...)
			}
		}
	}
	require.NotEmpty(t, lines)
	slices.Sort(lines)
	return lines
}

// describe returns a line for an object and, if it is a type, for each of its
// exported fields and methods. Methods of an embedded type are listed there if it
// has a name for others.
func describe(object types.Object) []string {
	pkg := strings.TrimPrefix(object.Pkg().Path(), module+"/")
	in := func(other *types.Package) string {
		if other == object.Pkg() {
			return ""
		}
		return strings.TrimPrefix(other.Path(), module+"/")
	}
	var lines []string
	line := func(format string, args ...any) { lines = append(lines, pkg+": "+fmt.Sprintf(format, args...)) }
	name, of := object.Name(), types.TypeString(object.Type(), in)
	switch object := object.(type) {
	case *types.Const:
		line("const %s %s = %s", name, of, object.Val().ExactString())
	case *types.Var:
		line("var %s %s", name, of)
	case *types.Func:
		line("func %s%s", name, strings.TrimPrefix(of, "func"))
	case *types.TypeName:
		if object.IsAlias() {
			line("type %s = %s", name, types.TypeString(types.Unalias(object.Type()), in))
			break
		}
		switch under := object.Type().Underlying().(type) {
		case *types.Struct:
			line("type %s struct", of)
			for field := range under.Fields() {
				kind := "field"
				if field.Embedded() {
					kind = "embedded"
				}
				if field.Exported() {
					line("%s %s.%s %s", kind, name, field.Name(), types.TypeString(field.Type(), in))
				}
			}
		case *types.Interface:
			line("type %s interface", of)
		default:
			line("type %s %s", of, types.TypeString(under, in))
		}
		receiver := types.Type(types.NewPointer(object.Type()))
		if types.IsInterface(object.Type()) {
			receiver = object.Type()
		}
		for method := range types.NewMethodSet(receiver).Methods() {
			under, isStruct := object.Type().Underlying().(*types.Struct)
			listed := isStruct && len(method.Index()) > 1 && under.Field(method.Index()[0]).Exported()
			if method.Obj().Exported() && !listed {
				line("method %s.%s%s", name, method.Obj().Name(), strings.TrimPrefix(types.TypeString(method.Type(), in), "func"))
			}
		}
	}
	return lines
}
