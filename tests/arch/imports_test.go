package arch_test

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// pkg is what "go list" knows about a package.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// list asks about the published module by itself, without the workspace, as an
// application that requires it would see it.
func list(t *testing.T) []pkg {
	t.Helper()
	out := goCommand(t, "list", "-e", "-json=ImportPath,Imports,Deps", "./...")
	var pkgs []pkg
	for decoder := json.NewDecoder(strings.NewReader(out)); decoder.More(); {
		var p pkg
		require.NoError(t, decoder.Decode(&p))
		pkgs = append(pkgs, p)
	}
	return pkgs
}

func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = need.Root(t)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	require.NoError(t, err, "go %v: %s", args, problems.String())
	return string(out)
}

// breaches returns a sentence for each rule that a package breaks.
func breaches(p pkg) (found []string) {
	name := strings.TrimPrefix(p.ImportPath, module+"/")
	own, ok := layer(name)
	if !ok {
		return []string{fmt.Sprintf("%s has no place in layers (tests/arch/rules_test.go): decide which packages it may import", name)}
	}
	for _, path := range p.Imports {
		if ours, isOurs := strings.CutPrefix(path, module+"/"); isOurs {
			target, _ := layer(ours)
			if target != own && !slices.Contains(layers[own], target) {
				found = append(found, fmt.Sprintf("%s imports %s: arrows point inward", name, ours))
			}
			continue
		}
		for _, rule := range restricted {
			if below(path, rule.path) && !belowAny(name, rule.only) {
				found = append(found, fmt.Sprintf("%s imports %s: %s", name, path, rule.why))
			}
		}
	}
	if belowAny(name, testOnly) {
		return found
	}
	for _, path := range p.Deps {
		if path == "testing" || below(path, "github.com/stretchr/testify") {
			found = append(found, fmt.Sprintf("%s links %s into applications", name, path))
		}
	}
	return found
}

func TestImportsFollowTheLayers(t *testing.T) {
	pkgs := list(t)
	require.NotEmpty(t, pkgs)
	var all []string
	for _, p := range pkgs {
		all = append(all, breaches(p)...)
	}
	require.Empty(t, all, strings.Join(all, "\n"))
}

func TestTheRulesCatchBreaches(t *testing.T) {
	tests := []struct {
		name, pkg, path string
		caught          bool
	}{
		{name: "a page may use the desk", pkg: "internal/pages", path: module + "/internal/desk"},
		{name: "what templates share may not", pkg: "internal/view", path: module + "/internal/desk", caught: true},
		{name: "the desk may not use pages", pkg: "internal/desk", path: module + "/internal/pages", caught: true},
		{name: "a store may use its contract", pkg: "store/memstore", path: module + "/store"},
		{name: "the contract may not use a tool", pkg: "store", path: module + "/internal/vault", caught: true},
		{name: "codes may not know the store", pkg: "totp", path: module + "/store", caught: true},
		{name: "neighbours may not use each other", pkg: "reset", path: module + "/password", caught: true},
		{name: "a new folder needs a place", pkg: "surprise", path: "fmt", caught: true},
		{name: "a service may not know HTTP", pkg: "internal/desk", path: "net/http/httputil", caught: true},
		{name: "a page may", pkg: "internal/pages", path: "net/http"},
		{name: "random numbers are not secrets", pkg: "backoffice", path: "math/rand/v2", caught: true},
		{name: "the suite of stores may use testing", pkg: "store/storetest", path: "testing"},
		{name: "a store may not", pkg: "store/memstore", path: "testing", caught: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := breaches(pkg{ImportPath: module + "/" + tt.pkg, Imports: []string{tt.path}})
			require.Equal(t, tt.caught, len(found) > 0, "%v", found)
		})
	}
	linked := breaches(pkg{ImportPath: module + "/mail", Deps: []string{"testing"}})
	require.Len(t, linked, 1, "testing behind a dependency")
}

func TestTheModuleRequiresNoDriver(t *testing.T) {
	var mod struct{ Require []struct{ Path string } }
	require.NoError(t, json.Unmarshal([]byte(goCommand(t, "mod", "edit", "-json")), &mod))
	require.NotEmpty(t, mod.Require)
	for _, r := range mod.Require {
		require.False(t, belowAny(r.Path, drivers), "%s belongs in a nested module", r.Path)
	}
}

// TestAnOfficeWithoutPasskeysLinksNoneOfThem looks at everything that the published module
// links, of which nothing may know package passkey or what it needs.
func TestAnOfficeWithoutPasskeysLinksNoneOfThem(t *testing.T) {
	for _, p := range list(t) {
		for _, path := range p.Deps {
			require.False(t, below(path, module+"/passkey") || below(path, "github.com/go-webauthn"), "%s links %s", p.ImportPath, path)
		}
	}
}

// TestNoProgramLinksWhatIsForTests also looks at nested modules, such as the examples. Folders
// of tests are no programs.
func TestNoProgramLinksWhatIsForTests(t *testing.T) {
	tests := append([]string{"tests", "benchmarks", "examples/internal/tests"}, testOnly...)
	seen := 0
	sources(t, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") || belowAny(path, tests) {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range file.Imports {
			imported := strings.TrimPrefix(strings.Trim(spec.Path.Value, `"`), module+"/")
			require.False(t, belowAny(imported, testOnly), "%s imports %s, which is for tests", path, imported)
			seen++
		}
	})
	require.NotZero(t, seen)
}
