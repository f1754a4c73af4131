package arch_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/postern-go/postern/internal/messages"
)

// said are the attributes that people read or hear.
var said = []string{"alt", "aria-label", "aria-description", "aria-roledescription", "placeholder", "title", "label"}

// attributes match a template that is only attributes, for a tag that includes it.
var attributes = regexp.MustCompile(`^(\s*[a-z-]+(="[^"]*")?)*\s*$`)

// letters match text that has something to translate.
var letters = regexp.MustCompile(`\pL{2,}`)

// sameEverywhere are texts in templates that no language says otherwise: where, and which.
var sameEverywhere = map[string]bool{
	"internal/pages/templates/setup.html: email name":        true, // names of fields
	"internal/pages/templates/login.html: username webauthn": true, // for the browser
	// Markup in noscript, of which the tokenizer makes text.
	"internal/pages/templates/login.html: <p class=\"hint\">0</p>":                                    true,
	"internal/pages/templates/partials/passkey.html: <p class=\"notice warning\">0<span>0</span></p>": true,
	"internal/pages/templates/test_mail.html: 0href=\"0\">0":                                          true, // a tag in two halves
}

func TestNoTemplateSaysASentenceOfItsOwn(t *testing.T) {
	for _, dir := range []string{"../../internal/pages/templates", "../../mail/templates"} {
		require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			name := strings.TrimPrefix(path, "../../")
			for _, outside := range spoken(t, name, string(text)) {
				if !sameEverywhere[name+": "+outside] {
					t.Errorf("%s: %q is not in the catalogue: internal/messages/languages/en", name, outside)
				}
			}
			return nil
		}))
	}
}

// spoken returns what a template says in words of its own: its text and attributes between
// actions, and texts among their arguments.
func spoken(t *testing.T, name, text string) []string {
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	_, err := tree.Parse(text, "", "", trees)
	require.NoError(t, err)
	var found []string
	for _, tree := range trees {
		var markup strings.Builder
		visitNodes(tree.Root, func(n parse.Node) {
			switch n := n.(type) {
			case *parse.TextNode:
				markup.Write(n.Text)
			case *parse.ActionNode:
				markup.WriteString("0")
				found = append(found, constantTexts(n.Pipe)...)
			case *parse.TemplateNode:
				markup.WriteString("0")
				if n.Pipe != nil {
					found = append(found, constantTexts(n.Pipe)...)
				}
			}
		})
		if strings.HasSuffix(name, ".txt") {
			if letters.MatchString(markup.String()) {
				found = append(found, strings.TrimSpace(markup.String()))
			}
			continue
		}
		found = append(found, markupTexts(markup.String())...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// markupTexts returns the texts and the attributes of markup that people read.
func markupTexts(markup string) []string {
	var found []string
	note := func(text string) {
		if letters.MatchString(text) {
			found = append(found, strings.TrimSpace(text))
		}
	}
	if attributes.MatchString(markup) {
		return nil
	}
	z := html.NewTokenizer(strings.NewReader(markup))
	for hidden := ""; ; {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.TextToken:
			if hidden == "" {
				note(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			if tag.Data == "style" || tag.Data == "script" {
				hidden = tag.Data
			}
			for _, a := range tag.Attr {
				if slices.Contains(said, a.Key) {
					note(a.Val)
				}
			}
		case html.EndTagToken:
			if z.Token().Data == hidden {
				hidden = ""
			}
		}
	}
}

// constantTexts are the constants of a pipeline that are not keys or names of arguments.
func constantTexts(pipe *parse.PipeNode) []string {
	var found []string
	for _, cmd := range pipe.Cmds {
		says := false
		if name, ok := cmd.Args[0].(*parse.IdentifierNode); ok {
			says = name.Ident == "t" || name.Ident == "th"
		}
		for i, arg := range cmd.Args {
			switch arg := arg.(type) {
			case *parse.PipeNode:
				found = append(found, constantTexts(arg)...)
			case *parse.StringNode:
				if says && (i == 1 || i%2 == 0) {
					continue
				}
				if sentence.MatchString(arg.Text) {
					found = append(found, arg.Text)
				}
			}
		}
	}
	return found
}

// sentence matches constants that are for people: they begin with a capital letter, or
// have several words.
var sentence = regexp.MustCompile(`^\p{Lu}\p{Ll}|\pL\pP? \pL`)

func visitNodes(n parse.Node, visit func(parse.Node)) {
	visit(n)
	branch := func(b parse.BranchNode) {
		visitNodes(b.List, visit)
		if b.ElseList != nil {
			visitNodes(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, inner := range n.Nodes {
			visitNodes(inner, visit)
		}
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	case *parse.WithNode:
		branch(n.BranchNode)
	}
}

// whole matches constants in Go that are sentences or labels. Audit codes, names of steps
// and what wraps an error begin with a small letter.
var whole = regexp.MustCompile(`^\p{Lu}[\pL’']* \pL`)

// speaking are the files that say something to people.
var speaking = []string{
	"internal/commands/*", "internal/desk/*", "internal/letters/*", "internal/pages/*", "internal/settings/*", "internal/view/*", "internal/brand/*",
	"mail/letter", "mail/templates", "password/check", "password/strength", "totp/svg",
}

// forDevelopers are the functions whose texts are for logs, or for whoever writes the
// program: they stay English.
var forDevelopers = regexp.MustCompile(`^(errors\.New|fmt\.Errorf|panic|part|slog\.\w+|.*\.?[Ll]og\.\w+|.*\.(Warn|Info|Error|Debug)(Context)?|messages\.\w+|.*\.(t|say|Text|HTML|Say)|wrong|c\.(print|warn|said))$`)

// english are texts in Go that look like sentences and are none, or are for no language: by
// file and text, with the reason.
var english = map[string]string{
	"internal/desk/event_kind.go: Says has %v":                                                                                                 "an error for the host's developer",
	"internal/desk/actor.go: Command line":                                                                                                     "stored as the name of who acted",
	"internal/desk/enrolment.go: Authenticator app":                                                                                            "stored, as if it had been typed",
	"internal/desk/keys.go: Its text could not be decrypted with any of the master secrets, and was deleted.":                                  "stored with what happened, and said by a message of its slug",
	"internal/desk/keys.go: The authenticator secret cannot be decrypted with any of the master secrets.":                                      "stored with what happened, and said by a message of its slug",
	"internal/desk/mail_delivery.go: Its text could not be decrypted with the present secrets.":                                                "stored with what happened, and said by a message of its slug",
	"internal/desk/mail_delivery.go: Not sent in time: its link has expired.":                                                                  "stored with what happened, and said by a message of its slug",
	"internal/desk/mail_delivery.go: The email could not be handed to the mail server.":                                                        "stored with what happened, and said by a message of its slug",
	"internal/desk/mail_moved.go: Not sent: the office address has changed, and its link no longer works.":                                     "stored with what happened, and said by a message of its slug",
	"internal/desk/mail_moved.go: Not sent: the recipient no longer has access.":                                                               "stored with what happened, and said by a message of its slug",
	"internal/desk/mailbox.go: Not sent: the operator’s email address has changed.":                                                            "stored with what happened, and said by a message of its slug",
	"internal/desk/mailbox.go: Not sent: the recipient has been deleted, and its link no longer works.":                                        "stored with what happened, and said by a message of its slug",
	"internal/desk/mailbox.go: Not sent: they are no longer a member of the community, or may not sign in there.":                              "stored with what happened, and said by a message of its slug",
	"internal/desk/mailbox.go: The community’s member directory did not answer, so it was not certain that this is still their email address.": "stored with what happened, and said by a message of its slug",
	"internal/letters/device.go: Mac OS X":                                                                                                     "a mark in a header",
	"internal/letters/device.go: Samsung Internet":                                                                                             "the name of a browser",
	"internal/pages/plain_http.go: The proxy at the Unix socket sent no IP address in %s. Let it do so.":                                       "for the log",
	"internal/pages/script.go: Cookie realm=\"office\"":                                                                                        "a header",
	"totp/svg.go: QR code that adds %s (%s) to an authenticator app":                                                                           "the title of a picture, which pages show with a text of theirs",
}

// typed are the fields of a command that have what people type.
var typed = []string{"name", "operands", "example", "see"}

func TestNoGoStringSaysASentence(t *testing.T) {
	used := map[string]bool{}
	for _, pkg := range speaking {
		files, err := filepath.Glob("../../" + pkg + ".go")
		require.NoError(t, err)
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "/health.go") {
				continue // what is wrong is for probes and monitoring
			}
			name := strings.TrimPrefix(path, "../../")
			for _, text := range goTexts(t, path) {
				at := name + ": " + text
				if used[at] = true; english[at] == "" {
					t.Errorf("%s: %q is not in the catalogue: internal/messages/languages/en", name, text)
				}
			}
		}
	}
	for at := range english {
		require.True(t, used[at], "%s needs no excuse any more", at)
	}
}

// goTexts are the constants of a file that look like sentences.
func goTexts(t *testing.T, path string) []string {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	require.NoError(t, err)
	var found []string
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			return n.Tag == nil
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && slices.Contains(typed, key.Name) && filepath.Base(filepath.Dir(path)) == "commands" {
				return false
			}
		case *ast.CallExpr:
			if forDevelopers.MatchString(called(n.Fun)) {
				for _, arg := range n.Args {
					if _, constant := arg.(*ast.BasicLit); !constant {
						ast.Inspect(arg, visit)
					}
				}
				return false
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				text, err := strconv.Unquote(n.Value)
				require.NoError(t, err)
				if whole.MatchString(text) {
					found = append(found, text)
				}
			}
		}
		return true
	}
	ast.Inspect(file, visit)
	return found
}

func called(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return called(f.X) + "." + f.Sel.Name
	case *ast.CallExpr:
		return called(f.Fun)
	}
	return fmt.Sprintf("%T", fun)
}

// TestEveryMessageIsUsed finds messages that nothing says, and keys that no message has.
func TestEveryMessageIsUsed(t *testing.T) {
	keys, prefixes := map[string]string{}, map[string]string{}
	note := func(path string, e ast.Expr) {
		switch e := e.(type) {
		case *ast.BasicLit:
			if key, err := strconv.Unquote(e.Value); err == nil && dotted.MatchString(key) {
				keys[key] = path
			} else if strings.HasSuffix(key, ".") && dotted.MatchString(key+"x") {
				prefixes[key] = path
			}
		case *ast.BinaryExpr:
			first := e
			for {
				inner, ok := first.X.(*ast.BinaryExpr)
				if !ok {
					break
				}
				first = inner
			}
			if lit, ok := first.X.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if prefix, err := strconv.Unquote(lit.Value); err == nil && strings.Contains(prefix, ".") {
					prefixes[prefix] = path
				}
			}
		}
	}
	require.NoError(t, filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, "../../")
		if d.IsDir() {
			if slices.Contains([]string{".git", ".tools", "tests", "examples", "benchmarks", "docs"}, name) {
				return fs.SkipDir
			}
			return nil
		}
		switch {
		case strings.HasSuffix(name, "_test.go"), strings.HasPrefix(name, "internal/messages/check"):
		case strings.HasSuffix(name, ".go"):
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			require.NoError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				if e, ok := n.(ast.Expr); ok {
					note(name, e)
				}
				return true
			})
		case strings.HasSuffix(name, ".html") && strings.Contains(name, "templates"), strings.HasSuffix(name, ".txt") && strings.Contains(name, "templates"):
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			for _, key := range templateKeys.FindAllStringSubmatch(string(text), -1) {
				keys[key[1]] = name
			}
		}
		return nil
	}))
	known := map[string]bool{}
	for _, key := range messages.Keys() {
		known[key] = true
		used := keys[key] != ""
		for prefix := range prefixes {
			used = used || strings.HasPrefix(key, prefix)
		}
		if !used {
			t.Errorf("nothing says the message %q", key)
		}
	}
	areas := map[string]bool{}
	for key := range known {
		area, _, _ := strings.Cut(key, ".")
		areas[area] = true
	}
	for key, where := range keys {
		if strings.HasSuffix(where, ".html") && !known[key] {
			t.Errorf("%s says %q, which is no message", where, key)
		}
	}
}

var (
	dotted       = regexp.MustCompile(`^[a-z_]+(\.[a-z0-9_-]+)+$`)
	templateKeys = regexp.MustCompile(`\b(?:th?|forms) "([^"]+)"`)
)
