package passkey_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/passkey"
)

const origin = "https://community.example"

var checker = passkey.New()

// request is what an office asks for.
func request() backoffice.PasskeyRequest {
	return backoffice.PasskeyRequest{
		RPID: "community.example", Origin: origin, RPName: "Meadow", Challenge: []byte("a challenge of thirty-two bytes."),
		UserID: []byte("id-of-ada"), UserName: "ada@example.org", UserDisplayName: "Ada",
	}
}

func asked(t testing.TB, options []byte, err error) string {
	t.Helper()
	require.NoError(t, err)
	return string(options)
}

func create(t testing.TB, k *authenticator.Authenticator, r backoffice.PasskeyRequest, change ...func(*authenticator.Answer)) []byte {
	t.Helper()
	options, err := checker.CreationOptions(r)
	text, err := k.Create(asked(t, options, err), change...)
	require.NoError(t, err)
	return []byte(text)
}

func get(t testing.TB, k *authenticator.Authenticator, r backoffice.PasskeyRequest, change ...func(*authenticator.Answer)) []byte {
	t.Helper()
	options, err := checker.RequestOptions(r)
	text, err := k.Get(asked(t, options, err), change...)
	require.NoError(t, err)
	return []byte(text)
}

func TestWhatBrowsersAreAskedFor(t *testing.T) {
	r := request()
	r.Known = []backoffice.Passkey{{ID: []byte("known"), Transports: []string{"usb"}}}
	options, err := checker.CreationOptions(r)
	require.JSONEq(t, `{
		"rp": {"id": "community.example", "name": "Meadow"},
		"user": {"id": "aWQtb2YtYWRh", "name": "ada@example.org", "displayName": "Ada"},
		"challenge": "YSBjaGFsbGVuZ2Ugb2YgdGhpcnR5LXR3byBieXRlcy4",
		"pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -8}, {"type": "public-key", "alg": -257}],
		"timeout": 300000, "attestation": "none",
		"excludeCredentials": [{"type": "public-key", "id": "a25vd24", "transports": ["usb"]}],
		"authenticatorSelection": {"residentKey": "preferred", "userVerification": "preferred"}
	}`, asked(t, options, err))
	r.Discoverable, r.VerifyUser, r.Known = true, true, nil
	options, err = checker.CreationOptions(r)
	require.Contains(t, asked(t, options, err), `"authenticatorSelection":{"requireResidentKey":true,"residentKey":"required","userVerification":"required"}`)
	options, err = checker.RequestOptions(r)
	require.JSONEq(t, `{"challenge": "YSBjaGFsbGVuZ2Ugb2YgdGhpcnR5LXR3byBieXRlcy4", "timeout": 300000, "rpId": "community.example", "userVerification": "required"}`, asked(t, options, err))
	r.VerifyUser, r.Known = false, []backoffice.Passkey{{ID: []byte("known")}}
	options, err = checker.RequestOptions(r)
	require.Contains(t, asked(t, options, err), `"allowCredentials":[{"type":"public-key","id":"a25vd24"}],"userVerification":"preferred"`)
}

func TestAPasskeyIsCreatedAndUsed(t *testing.T) {
	for name, algorithm := range map[string]int{"ES256": authenticator.ES256, "EdDSA": authenticator.EdDSA, "RS256": authenticator.RS256} {
		t.Run(name, func(t *testing.T) {
			k, r := authenticator.New(origin), request()
			k.Algorithm, k.Syncs = algorithm, true
			made, err := checker.Created(r, create(t, k, r))
			require.NoError(t, err)
			require.Equal(t, k.Keys[0].ID, made.ID)
			require.Equal(t, []string{"internal"}, made.Transports)
			require.True(t, made.Copies)
			require.True(t, made.Copied)
			require.True(t, made.UserVerified)

			r.Known, r.Challenge = []backoffice.Passkey{made}, []byte("another of thirty-two bytes, too")
			use, err := checker.Used(r, made, get(t, k, r))
			require.NoError(t, err)
			require.Equal(t, backoffice.PasskeyUse{Counter: 1, UserVerified: true, Copied: true}, use)
			use, err = checker.Used(r, made, get(t, k, r, func(a *authenticator.Answer) { a.Counter, a.Verified = 0, false }))
			require.NoError(t, err, "the office judges counters")
			require.Equal(t, backoffice.PasskeyUse{Copied: true}, use)
		})
	}
}

// lies are what is wrong with an answer, and what the audit log says of it.
var lies = map[string]struct {
	change func(*authenticator.Answer)
	says   string
}{
	"another origin":               {func(a *authenticator.Answer) { a.Origin = "https://evil.example" }, `wrong origin: "https://evil.example"`},
	"an origin in capitals":        {func(a *authenticator.Answer) { a.Origin = "https://COMMUNITY.example" }, `wrong origin: "https://COMMUNITY.example"`},
	"an origin with a path":        {func(a *authenticator.Answer) { a.Origin = origin + "/x" }, `wrong origin: "https://community.example/x"`},
	"a subdomain":                  {func(a *authenticator.Answer) { a.Origin = "https://a.community.example" }, `wrong origin: "https://a.community.example"`},
	"another scheme":               {func(a *authenticator.Answer) { a.Origin = "http://community.example" }, `wrong origin: "http://community.example"`},
	"another port":                 {func(a *authenticator.Answer) { a.Origin = origin + ":8443" }, `wrong origin: "https://community.example:8443"`},
	"a frame":                      {func(a *authenticator.Answer) { a.CrossOrigin = true }, `in a frame of another origin: ""`},
	"another relying party":        {func(a *authenticator.Answer) { a.RPID = "example" }, "wrong relying party"},
	"another challenge":            {func(a *authenticator.Answer) { a.Challenge += "A" }, "wrong challenge"},
	"no challenge":                 {func(a *authenticator.Answer) { a.Challenge = "" }, "wrong challenge"},
	"nobody present":               {func(a *authenticator.Answer) { a.Present = false }, "user not present"},
	"a user who was not checked":   {func(a *authenticator.Answer) { a.Verified = false }, "user not verified"},
	"copied, but not to be copied": {func(a *authenticator.Answer) { a.Backed = true }, "the passkey was refused: Backup State Flag is true but Backup Eligible flag is false which is invalid"},
}

func TestAnswersThatLieAreRefused(t *testing.T) {
	k, r := authenticator.New(origin), request()
	r.VerifyUser = true
	made, err := checker.Created(r, create(t, k, r))
	require.NoError(t, err)
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			_, err := checker.Created(r, create(t, authenticator.New(origin), r, lie.change))
			require.EqualError(t, err, lie.says)
			_, err = checker.Used(r, made, get(t, k, r, lie.change))
			require.EqualError(t, err, lie.says)
		})
	}
	other := authenticator.New(origin)
	_, err = checker.Created(r, create(t, other, r))
	require.NoError(t, err)
	for name, lie := range map[string]struct {
		change func(*authenticator.Answer)
		says   string
	}{
		"another type":              {func(a *authenticator.Answer) { a.Type = "webauthn.create" }, "the passkey was refused: Error validating ceremony type"},
		"another key":               {func(a *authenticator.Answer) { a.Key = other.Keys[0] }, "wrong signature"},
		"another passkey":           {func(a *authenticator.Answer) { a.ID, a.Key = other.Keys[0].ID, other.Keys[0] }, "answer of another passkey"},
		"another operator":          {func(a *authenticator.Answer) { a.Handle = []byte("id-of-eve") }, "the passkey was refused: User handle and User ID do not match"},
		"a changed signature":       {func(a *authenticator.Answer) { a.Signed = func(s []byte) []byte { s[8] ^= 1; return s } }, "wrong signature"},
		"no signature":              {func(a *authenticator.Answer) { a.Signed = func([]byte) []byte { return nil } }, "wrong signature"},
		"more than a signature":     {func(a *authenticator.Answer) { a.Signed = func(s []byte) []byte { return append(s, 0) } }, "wrong signature"},
		"a passkey that was single": {func(a *authenticator.Answer) { a.Eligible = true }, "the passkey was refused: Backup Eligible flag inconsistency detected during login validation"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := checker.Used(r, made, get(t, k, r, lie.change))
			require.EqualError(t, err, lie.says)
		})
	}
	t.Run("a registration of another type", func(t *testing.T) {
		_, err := checker.Created(r, create(t, authenticator.New(origin), r, func(a *authenticator.Answer) { a.Type = "webauthn.get" }))
		require.EqualError(t, err, "the passkey was refused: Error validating ceremony type")
	})
}

func TestKeysThatWereNotAskedForAreRefused(t *testing.T) {
	r := request()
	for name, c := range map[string]struct {
		algorithm, bits int
		change          func(*authenticator.Answer)
		says            string
	}{
		"ES384":                    {-35, 0, nil, "a key that is not accepted: algorithm -35"},
		"RS1":                      {authenticator.RS256, 0, func(a *authenticator.Answer) { a.Algorithm = -65535 }, "a key that is not accepted: algorithm -65535"},
		"short RSA":                {authenticator.RS256, 1024, nil, "a key that is not accepted: RSA of 1024 bits"},
		"long RSA":                 {authenticator.RS256, 3072, nil, ""},
		"a curve of another":       {authenticator.EdDSA, 0, func(a *authenticator.Answer) { a.Algorithm = authenticator.ES256 }, "a key that is not accepted: unreadable"},
		"ES256, which is on P-256": {authenticator.ES256, 0, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			k := authenticator.New(origin)
			k.Algorithm, k.Bits = c.algorithm, c.bits
			change := c.change
			if change == nil {
				change = func(a *authenticator.Answer) {
					if c.algorithm == -35 {
						a.Algorithm = -35
					}
				}
			}
			_, err := checker.Created(r, create(t, k, r, change))
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, c.says)
		})
	}
}

func TestGarbageIsRefused(t *testing.T) {
	k, r := authenticator.New(origin), request()
	registration := create(t, k, r)
	made, err := checker.Created(r, registration)
	require.NoError(t, err)
	assertion := get(t, k, r)
	for _, text := range [][]byte{nil, {}, []byte("{}"), []byte("null"), []byte("[]"), []byte(`"x"`), registration[:len(registration)/2], append(bytes.Clone(assertion), '}'), assertion[:40],
		bytes.Replace(assertion, []byte("public-key"), []byte("password"), 1), bytes.Replace(assertion, []byte(`"rawId":"`), []byte(`"rawId":"AA`), 1)} {
		_, err := checker.Created(r, text)
		require.Error(t, err, "%s", text)
		_, err = checker.Used(r, made, text)
		require.Error(t, err, "%s", text)
	}
	_, err = checker.Created(r, assertion)
	require.EqualError(t, err, "malformed answer")
	_, err = checker.Used(r, made, registration)
	require.Error(t, err)
}

// vector is one of Web Authentication Level 3, section 16, in hexadecimal.
type vector struct {
	ID             string
	CredentialID   string `json:"credential_id"`
	Registration   struct{ Challenge, ClientDataJSON, AttestationObject string }
	Authentication struct{ Challenge, ClientDataJSON, AuthenticatorData, Signature string }
}

// accepted says which of them are, and why others are not.
var accepted = map[string]string{
	"sctn-test-vectors-none-es256":                    "",
	"sctn-test-vectors-packed-self-es256":             "",
	"sctn-test-vectors-none-es256-crossOrigin":        `in a frame of another origin: ""`,
	"sctn-test-vectors-none-es256-topOrigin":          `in a frame of another origin: "https://example.com"`,
	"sctn-test-vectors-none-es256-long-credential-id": "",
	"sctn-test-vectors-packed-es256":                  "",
	"sctn-test-vectors-packed-es384":                  "a key that is not accepted: algorithm -35",
	"sctn-test-vectors-packed-es512":                  "a key that is not accepted: algorithm -36",
	"sctn-test-vectors-packed-rs256":                  "",
	"sctn-test-vectors-packed-eddsa":                  "",
	// No attestation was asked for, and what is attested all the same must be right: their roots
	// are the specification's own.
	"sctn-test-vectors-tpm-es256":         "the passkey was refused: Invalid TPM manufacturer",
	"sctn-test-vectors-android-key-es256": "the passkey was refused: Error validating x5c cert chain",
	"sctn-test-vectors-apple-es256":       "the passkey was refused: Error validating x5c cert chain",
	"sctn-test-vectors-fido-u2f-es256":    "",
}

func TestVectorsOfTheSpecification(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var file struct{ Vectors []vector }
	require.NoError(t, json.Unmarshal(text, &file))
	require.Len(t, file.Vectors, len(accepted))
	for _, v := range file.Vectors {
		t.Run(v.ID, func(t *testing.T) {
			says, known := accepted[v.ID]
			require.True(t, known)
			r := backoffice.PasskeyRequest{RPID: "example.org", Origin: "https://example.org", RPName: "Example", UserID: []byte("user")}
			r.Challenge = unhex(t, v.Registration.Challenge)
			made, err := checker.Created(r, v.answer(t, map[string]string{"clientDataJSON": v.Registration.ClientDataJSON, "attestationObject": v.Registration.AttestationObject}))
			if says != "" {
				require.EqualError(t, err, says)
				return
			}
			require.NoError(t, err)
			require.Equal(t, v.CredentialID, hex.EncodeToString(made.ID))
			r.Challenge = unhex(t, v.Authentication.Challenge)
			answer := v.answer(t, map[string]string{"clientDataJSON": v.Authentication.ClientDataJSON, "authenticatorData": v.Authentication.AuthenticatorData, "signature": v.Authentication.Signature})
			_, err = checker.Used(r, made, answer)
			require.NoError(t, err)
			r.Challenge[0] ^= 1
			_, err = checker.Used(r, made, answer)
			require.EqualError(t, err, "wrong challenge")
		})
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	require.NoError(t, err)
	return b
}

// answer is what a browser would make of a vector.
func (v vector) answer(t testing.TB, response map[string]string) []byte {
	t.Helper()
	id := base64.RawURLEncoding.EncodeToString(unhex(t, v.CredentialID))
	for name, text := range response {
		response[name] = base64.RawURLEncoding.EncodeToString(unhex(t, text))
	}
	text, err := json.Marshal(map[string]any{"id": id, "rawId": id, "type": "public-key", "response": response})
	require.NoError(t, err)
	return text
}

func FuzzCreated(f *testing.F) {
	k, r := authenticator.New(origin), request()
	f.Add(create(f, k, r))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		made, err := checker.Created(r, text)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.NotEmpty(t, made.ID)
		require.NotEmpty(t, made.PublicKey)
	})
}

func FuzzUsed(f *testing.F) {
	k, r := authenticator.New(origin), request()
	made, err := checker.Created(r, create(f, k, r))
	require.NoError(f, err)
	right := get(f, k, r)
	f.Add(right)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := checker.Used(r, made, text); err != nil {
			require.NotContains(t, err.Error(), "\n")
		}
	})
}
