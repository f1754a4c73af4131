package stores_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/tests/dataclass"
)

// TestFieldsAreStoredAsTheirClassSays lets an office fill its tables, and checks
// each column: secrets are hashed or encrypted, and personal data is only in
// columns for it.
func TestFieldsAreStoredAsTheirClassSays(t *testing.T) {
	d := tunedSQLite(t)
	site := browse.Over(testoffice.NewRig(t, d.store(t)))
	site.Set(map[string]string{"password.history": "2"})
	values := site.SessionStore()
	site.Inside.HandleFunc("/draft", func(_ http.ResponseWriter, r *http.Request) {
		s, err := values.Get(r, "draft")
		require.NoError(t, err)
		s.Values["text"] = "canary-value"
		require.NoError(t, s.Save(r, nil))
	})
	p := site.Enrolled("Canaria", "super-administrator")
	p.Get("/draft")
	shown := p.Submit(p.Get("/step-up"), "/step-up", "password", p.Password, "code", site.Code(p.Secret))
	require.Equal(t, http.StatusSeeOther, shown.Status, shown.Text())
	shown = p.Submit(p.Get("/account/password"), "/account/password", "current_password", p.Password, "password", testoffice.Better, "password_again", testoffice.Better)
	require.Equal(t, http.StatusSeeOther, shown.Status, shown.Text())
	shown = p.Submit(p.Get("/operators/new"), "/operators/new", "email", "canary@example.net", "name", "Canarino", "role", "moderator")
	b := site.Browser()
	b.Submit(b.Get("/forgot"), "/forgot", "email", p.Email)
	require.Equal(t, "/login/code", b.Login(p.Email, testoffice.Better).Location)
	b.Login(p.Email, testoffice.Wrong)

	v, err := vault.New([][]byte{testoffice.Secret()})
	require.NoError(t, err)
	require.NoError(t, d.store(t).Commit(t.Context(), store.PutToken{Token: store.Token{
		Digest: store.DigestOf("waits"), Purpose: store.PurposeApproval, Sealed: v.Seal(vault.HostValues, "approval", []byte("canary-value")),
	}}))
	keyID, err := hex.DecodeString(v.KeyIDs()[0])
	require.NoError(t, err)
	sealed := "(?s)^" + regexp.QuoteMeta(latin(append([]byte{1}, keyID...))) + ".{28,}$"
	forms := map[dataclass.Form]*regexp.Regexp{
		dataclass.Digest:    regexp.MustCompile(`(?s)^.{32}$`),
		dataclass.Keyed:     regexp.MustCompile(`(?s)^.{32}$`),
		dataclass.Slow:      regexp.MustCompile(`^\[?("?\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[\w+/]+\$[\w+/]+"?,?)*]?$`),
		dataclass.Stretched: regexp.MustCompile(`(?s)^.{32}$`),
		dataclass.Salt:      regexp.MustCompile(`(?s)^m=\d+,t=\d+,p=\d+\$.{16}$`),
		dataclass.Sealed:    regexp.MustCompile(sealed),
		dataclass.Short:     regexp.MustCompile(`^[a-z/.-]+[:/]([\w-]{4}|id-of-canaria)$`),
	}
	personal := []string{"Canari", "canaria@", "canary@", "127.0.0.1", testoffice.Agent}
	secrets := append([]string{testoffice.Good, testoffice.Better, testoffice.Wrong, "canary-value", p.Secret.Base32()}, append(p.Codes, site.Secrets...)...)
	db := d.open(t)
	for _, table := range dataclass.Tables {
		plain := strings.Fields(table.Personal)
		for _, column := range slices.Concat(strings.Fields(table.Internal), strings.Fields(table.Confidential), plain, slices.Collect(maps.Keys(table.Secret))) {
			where, filled := table.Name+"."+column, 0
			rows, err := db.Query(fmt.Sprintf("SELECT %s FROM %s WHERE %[1]s IS NOT NULL", column, table.Name))
			require.NoError(t, err)
			for rows.Next() {
				var value []byte
				require.NoError(t, rows.Scan(&value))
				text := latin(value)
				if form := table.Secret[column]; form != "" && len(value) > 0 {
					filled++
					require.Regexp(t, forms[form], text, where)
				}
				if !slices.Contains(plain, column) {
					for _, s := range personal {
						require.NotContains(t, text, s, where)
					}
				}
				for _, s := range secrets {
					require.NotContains(t, text, s, where)
				}
			}
			require.NoError(t, rows.Err())
			require.NoError(t, rows.Close())
			require.True(t, table.Secret[column] == "" || filled > 0, "%s is empty", where)
		}
	}
}

// latin is a text with one character for each byte, so that a pattern can count them.
func latin(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}
