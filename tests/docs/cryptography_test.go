package docs_test

import (
	"fmt"
	"go/ast"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/tests/need"
)

// algorithm is a row of the inventory (ASVS 11.1.2). Uses are what the code calls
// for it: the packages of ours, then the function or type.
type algorithm struct {
	name, allowed, not, next string
	uses                     []string
}

func inventory(t *testing.T) []algorithm {
	t.Helper()
	return []algorithm{
		{"argon2id, " + cost(password.DefaultParams()) + " (PHC string)", "passwords", "keys", "a higher cost: at each next sign-in",
			[]string{"password argon2.IDKey"}},
		{"argon2id, " + cost(recoveryCost(t)), "recovery codes (79 random bits)", "passwords", "the cost of a set is stored with it",
			[]string{"password argon2.IDKey"}},
		{"bcrypt, scrypt, PBKDF2-HMAC-SHA-256 and -512", "imported hashes", "new hashes", "argon2id at the first sign-in",
			[]string{"password bcrypt.CompareHashAndPassword bcrypt.MinCost scrypt.Key pbkdf2.Key sha512.New"}},
		{"HKDF-SHA-256", "the keys above", "passwords", "another label",
			[]string{"internal/vault hkdf.Key"}},
		{"HMAC-SHA-256", "the above, and the optional password pepper", "passwords on its own", "another key id",
			[]string{"internal/vault hmac.New", "password hmac.New", "reset hmac.New"}},
		{"AES-256-GCM, random 96-bit nonce", "data at rest", "streams, passwords", "the version byte",
			[]string{"internal/vault aes.NewCipher cipher.NewGCMWithRandomNonce cipher.AEAD"}},
		{"SHA-256", "the above, digests of random tokens of 128 bits or more, the check characters of codes, names of assets, templates and messages that offices share, rows as a page showed them, long texts in the audit log", "passwords", "a second digest column",
			[]string{"store sha256.Sum256 sha256.Size", "internal/view sha256.Sum256 sha256.Size sha256.New", "internal/messages sha256.Size sha256.New", "internal/desk sha256.Sum256", "backoffice/resource sha256.Sum256", "password sha256.Sum256 sha256.New", "internal/vault sha256.New", "reset sha256.New sha256.Sum256"}},
		{"HMAC-SHA-1", "authenticator codes (RFC 6238): the one form all apps support", "everything else", "SHA-256 or SHA-512, once apps do",
			[]string{"totp hotp.GenerateCodeCustom hotp.ValidateOpts otp.Algorithm otp.AlgorithmSHA1 otp.AlgorithmSHA256 otp.AlgorithmSHA512 otp.Digits"}},
		{"SHA-1", "looking up breached passwords: what the public list is made of", "everything else", "what the list changes to",
			[]string{"password/breached sha1.Sum sha1.Size"}},
		{"TLS 1.2 and 1.3", "the mail server", "-", "Go's defaults",
			[]string{"mail tls.Config tls.Client tls.VersionTLS12"}},
		{"`crypto/subtle`", "comparing secrets", "-", "-",
			[]string{"backoffice subtle.ConstantTimeCompare", "internal/desk subtle.ConstantTimeCompare hmac.Equal", "internal/redact subtle.ConstantTimeCompare", "password subtle.ConstantTimeCompare",
				"totp subtle.ConstantTimeCompare subtle.ConstantTimeSelect", "internal/vault hmac.Equal"}},
		{"`crypto/rand`", "every secret, id and nonce", "-", "-",
			[]string{"internal/vault rand.Read", "password rand.Read", "reset rand.Read", "totp rand.Read", "mail rand.Read", "store/sqlstore rand.Read rand.Text"}},
	}
}

func cost(p password.Params) string {
	lanes := "lanes"
	if p.Threads == 1 {
		lanes = "lane"
	}
	return fmt.Sprintf("%d MiB, %d passes, %d %s", p.MemoryKiB>>10, p.Time, p.Threads, lanes)
}

// recoveryCost reads what a recovery code costs.
func recoveryCost(t *testing.T) (p password.Params) {
	t.Helper()
	ast.Inspect(parse(t, "internal/desk")["recovery_codes.go"], func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && spec.Names[0].Name == "recoveryCost" {
			for _, e := range spec.Values[0].(*ast.CompositeLit).Elts {
				pair := e.(*ast.KeyValueExpr)
				v, err := strconv.ParseUint(pair.Value.(*ast.BasicLit).Value, 10, 32)
				require.NoError(t, err)
				switch pair.Key.(*ast.Ident).Name {
				case "MemoryKiB":
					p.MemoryKiB = uint32(v)
				case "Time":
					p.Time = uint32(v)
				case "Threads":
					p.Threads = uint8(v)
				}
			}
		}
		return true
	})
	require.NotZero(t, p)
	return p
}

// algorithms is the inventory, which lists all cryptography that the code uses, and
// nothing else.
func algorithms(t *testing.T) string {
	t.Helper()
	unclaimed, claimed := cryptography(t), map[string]bool{}
	delete(unclaimed, "backoffice tls.ConnectionState") // only says that a request came over TLS
	delete(unclaimed, "password fips140.Enforced")      // only asks for the mode
	delete(unclaimed, "totp fips140.Enforced")
	var rows [][]string
	for _, a := range inventory(t) {
		var where []string
		for _, use := range a.uses {
			words := strings.Fields(use)
			where = append(where, words[0])
			for _, name := range words[1:] {
				claim := words[0] + " " + name
				require.True(t, unclaimed[claim] || claimed[claim], "%s: nothing uses %s", a.name, claim)
				delete(unclaimed, claim)
				claimed[claim] = true
			}
		}
		rows = append(rows, []string{a.name, a.allowed, a.not, a.next, codes(where)})
	}
	require.Empty(t, slices.Sorted(maps.Keys(unclaimed)), "cryptography that the inventory does not have")
	return table([]string{"algorithm", "allowed for", "not for", "replaced by, when", "in"}, rows)
}

// cryptography is what the published packages use of the standard library's
// cryptography and of others': "internal/vault hkdf.Key".
func cryptography(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, dir := range published(t) {
		for _, file := range parse(t, dir) {
			names := map[string]string{}
			for _, spec := range file.Imports {
				imported := text(t, spec.Path)
				first, _, _ := strings.Cut(imported, "/")
				if first != "crypto" && !strings.HasPrefix(imported, "golang.org/x/crypto/") && !strings.HasPrefix(imported, "github.com/pquerna/otp") {
					continue
				}
				names[path.Base(imported)] = path.Base(imported)
				if spec.Name != nil {
					names[spec.Name.Name] = path.Base(imported)
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if from, ok := sel.X.(*ast.Ident); ok && names[from.Name] != "" {
						found[dir+" "+names[from.Name]+"."+sel.Sel.Name] = true
					}
				}
				return true
			})
		}
	}
	return found
}

// published are the folders of the library's packages, without those that only
// tests import.
func published(t *testing.T) (dirs []string) {
	t.Helper()
	root := need.Root(t)
	for _, top := range []string{"backoffice", "internal", "mail", "password", "reset", "store", "totp"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, top), func(name string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			dir, err := filepath.Rel(root, name)
			switch dir = filepath.ToSlash(dir); {
			case d.Name() == "testdata", slices.Contains([]string{"store/storetest", "backoffice/officetest", "internal/letters/lettertest",
				"internal/smtpsink", "internal/testoffice", "internal/gallery", "internal/messages/pack"}, dir):
				return fs.SkipDir
			}
			dirs = append(dirs, dir)
			return err
		}))
	}
	return dirs
}

// protects is what each key is for.
var protects = map[string]string{
	"factor secrets":        "secrets of authenticator apps and records of passkeys; bound to operator and record",
	"mail bodies":           "waiting emails, with their links; bound to the email",
	"pending enrolments":    "a key shown but not yet confirmed; bound to the session or sign-in, 10 minutes",
	"enrolment secrets":     "nothing stored: makes the secret of an authenticator app from the sign-in that adds it, so that a page loaded again shows the same",
	"session values":        "your session values; bound to session and name",
	"form tokens":           "forms, against other sites",
	"counter keys":          "what counters are about",
	"reset limits":          "the same, for reset requests",
	"audit seals":           "both ends of the audit log",
	"form keys":             "under what the answer to a form is stored, and what opens it: only the same form brings both",
	"form answers":          "answers to forms, for the same form sent again; bound to the form",
	"kept form keys":        "under what a form that was not saved is kept, and what opens it: a cookie of its browser and the link bring both",
	"kept forms":            "what was typed into a form that was not saved; bound to both",
	"mail arrivals":         "nothing stored: makes the code by which the reader of a test email shows that they have it; it opens nothing",
	"requests for approval": "what waits for a second operator, with all that was typed; bound to the request",
	"marks of requests":     "what a request showed, so that it is void if anything differs",
	"see as":                "as whom an operator sees the office, in a cookie; bound to the session and its operator, 15 minutes",
	"acts":                  "that a change of your code has begun and has no outcome yet; bound to its entry, so that no one else can make the office report one",
	"company flows":         "nothing stored: what a browser has under way at the identity provider; in its cookie, for ten minutes",
	"passkey challenges":    "nothing stored: what a passkey has to answer, and until when; bound to what it is for, and to the session, sign-in or browser",
	"states of parts":       "nothing stored: where a list of a part goes on, and what a form was made from; bound to the operator and the page",
	"known browsers":        "nothing stored: makes the next token of a known browser from the last",
	"audit chain":           "the audit log, against undetected changes",
	"audit hashes":          "unknown names in the audit log (people type passwords there); known devices",
}

// keys are the purposes of the vault, and what it does with the key of each.
func keys(t *testing.T) string {
	t.Helper()
	names := map[string]string{}
	var order []string
	ast.Inspect(parse(t, "internal/vault")["vault.go"], func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Purpose" {
				names[spec.Names[0].Name] = text(t, spec.Values[0])
				order = append(order, spec.Names[0].Name)
			}
		}
		return true
	})
	does := map[string]string{"Seal": "AES-256-GCM", "MAC": "HMAC-SHA-256", "MACBy": "HMAC-SHA-256", "Key": "HMAC-SHA-256"}
	used := map[string]string{}
	for _, dir := range published(t) {
		for _, file := range parse(t, dir) {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				method, ok := call.Fun.(*ast.SelectorExpr)
				if !ok || does[method.Sel.Name] == "" {
					return true
				}
				for _, arg := range call.Args {
					if purpose, ok := arg.(*ast.SelectorExpr); ok && names[purpose.Sel.Name] != "" {
						before := used[purpose.Sel.Name]
						require.True(t, before == "" || before == does[method.Sel.Name], "%s is a key for two algorithms", purpose.Sel.Name)
						used[purpose.Sel.Name] = does[method.Sel.Name]
					}
				}
				return true
			})
		}
	}
	var rows [][]string
	for _, name := range order {
		require.NotEmpty(t, used[name], "%s is a key for nothing", name)
		require.NotEmpty(t, protects[names[name]], "protects does not say what %q is for", names[name])
		rows = append(rows, []string{code(names[name]), used[name], protects[names[name]]})
	}
	require.Len(t, rows, len(protects), "protects has a key that there is not")
	return table([]string{"purpose", "algorithm", "protects"}, rows)
}
