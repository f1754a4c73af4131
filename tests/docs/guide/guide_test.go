package guide_test

import (
	"context"
	"database/sql"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/tests/docs/guide"
	"github.com/postern-go/postern/tests/postgres"
)

const good = "plum-kettle-orbit-93-sail"

// members is a table of the community, with Ada and Mallory, who is banned.
func members(t *testing.T, db *sql.DB) guide.Directory {
	hasher, err := password.NewHasher(password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true})
	require.NoError(t, err)
	hash, err := hasher.Hash(t.Context(), good)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `CREATE TABLE members (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT, email TEXT, password TEXT, banned BOOLEAN)`)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `INSERT INTO members (name, email, password, banned) VALUES ('Ada', 'ada@example.com', $1, FALSE), ('Mallory', 'mallory@example.com', '', TRUE)`, hash)
	require.NoError(t, err)
	return guide.Directory{DB: db, Hasher: hasher}
}

func TestTheDirectoryOfTheGuide(t *testing.T) {
	ctx := t.Context()
	d := members(t, postgres.Open(t))
	m, err := d.FindMemberByLogin(ctx, "Ada@example.com")
	require.NoError(t, err)
	require.Equal(t, backoffice.Member{ID: "1", Name: "Ada", Email: "ada@example.com"}, m)
	m, err = d.FindMember(ctx, "1")
	require.NoError(t, err)
	require.Equal(t, "Ada", m.Name)
	for _, id := range []string{"2", "", "01", "+1", "1 ", "1e0", "one", "9223372036854775808"} {
		_, err = d.FindMember(ctx, id)
		require.ErrorIs(t, err, backoffice.ErrNoMember, id)
	}

	tests := []struct {
		name, id, password string
		right              bool
	}{
		{"the right password", "1", good, true},
		{"a wrong password", "1", "something else", false},
		{"somebody without a password", "2", "", false},
		{"somebody unknown", "3", good, false},
		{"nobody", "", good, false},
		{"an id that is not a number", "one", good, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := d.Hasher.Runs()
			ok, err := d.CheckMemberPassword(ctx, tt.id, tt.password)
			require.NoError(t, err)
			require.Equal(t, tt.right, ok)
			require.Equal(t, before+1, d.Hasher.Runs(), "slow hashes")
		})
	}
}

// TestAMemberWithAnIntegerIDSignsIn is the guide's mount in chi, over PostgreSQL.
func TestAMemberWithAnIntegerIDSignsIn(t *testing.T) {
	dsn := postgres.Start(t)
	db, err := sql.Open(postgres.Driver, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	outbox := &mail.Outbox{Dir: t.TempDir()}
	secret := []byte("\x9e\x01 32 bytes, as good as random \x7f")
	office, handler, err := guide.Shop(t.Context(), dsn, secret, outbox, members(t, db))
	require.NoError(t, err)
	v := &visitor{handler, map[string]*http.Cookie{}}
	require.Contains(t, v.get("https://community.example/").Body.String(), "Hello from the community.")
	setup, err := office.SetupURL(t.Context())
	require.NoError(t, err)
	page, _, _ := strings.Cut(setup, "#")
	require.Equal(t, http.StatusOK, v.get(page).Code)

	_, err = office.CommandLine().SetParameters(t.Context(), map[string]string{"two_factor.who": "recommended"}) // a password does
	require.NoError(t, err)
	guide.MoveStaff(t.Context(), office, []string{"1", "1"})
	home := office.HomeURL()
	require.NotContains(t, v.get(home+"count").Body.String(), "2 members")
	w := v.post(t, home+"login", home+"login", url.Values{"login": {"ada@example.com"}, "password": {good}})
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body)
	require.Equal(t, "2 members\n", v.get(home+"count").Body.String())
}

// begin test
func TestNobodySeesTheOffice(t *testing.T) {
	outbox := &mail.Outbox{Dir: t.TempDir(), Sender: "office@community.example"}
	office, err := backoffice.New(t.Context(), backoffice.Config{
		Origin: "https://community.example",
		Secret: []byte("\x9e\x01 32 bytes, as good as random \x7f"),
		Store:  memstore.New(),
		Mail:   outbox,
		PasswordHashing: password.Config{ // fast hashes, for tests only
			Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true,
		},
	})
	require.NoError(t, err)
	handler := office.Wrap(http.NotFoundHandler())

	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/admin", nil))
	require.Equal(t, http.StatusNotFound, w.Code)

	r := httptest.NewRequest("GET", office.HomeURL(), nil) // https, so TLS is set
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	require.Equal(t, http.StatusSeeOther, w.Code) // to the sign-in page
}

// end test

// orders remembers what was cancelled.
type orders struct{ cancelled string }

func (*orders) Open(context.Context) ([]string, error) { return []string{"17"}, nil }

func (o *orders) Cancel(_ context.Context, id string) error {
	o.cancelled = id
	return nil
}

// visitor is a browser without script.
type visitor struct {
	handler http.Handler
	cookies map[string]*http.Cookie
}

var csrf = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func (v *visitor) get(address string) *httptest.ResponseRecorder {
	return v.do(httptest.NewRequest("GET", address, nil))
}

// post posts the form of the page at from.
func (v *visitor) post(t *testing.T, address, from string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	token := csrf.FindStringSubmatch(v.get(from).Body.String())
	require.NotNil(t, token, from)
	form.Set("csrf", html.UnescapeString(token[1]))
	r := httptest.NewRequest("POST", address, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.do(r)
}

func (v *visitor) do(r *http.Request) *httptest.ResponseRecorder {
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		v.cookies[c.Name] = c
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	return w
}

func TestThePagesOfTheGuideWork(t *testing.T) {
	outbox := &mail.Outbox{Dir: t.TempDir(), Sender: "office@community.example"}
	st, todo := memstore.New(), &orders{}
	secret := []byte("\x9e\x01 32 bytes, as good as random \x7f")
	office, err := guide.NewOfficeWithPages(t.Context(), secret, st, outbox, todo)
	require.NoError(t, err)
	p, err := st.LoadParameters(t.Context())
	require.NoError(t, err)
	p.Values = map[string]string{"two_factor.who": "recommended"} // a password does
	require.NoError(t, st.Commit(t.Context(), store.PutParameters{Parameters: p}))

	v := &visitor{guide.AccessLog(office, http.NotFoundHandler()), map[string]*http.Cookie{}}
	link, err := office.CommandLine().Invite(t.Context(), "ada@community.example", "Ada", backoffice.SuperAdministrator)
	require.NoError(t, err)
	const password = good
	page, token, _ := strings.Cut(link, "#")
	w := v.post(t, page, page, url.Values{"token": {token}, "password": {password}, "password_again": {password}})
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body)
	home := office.HomeURL()
	w = v.post(t, home+"login", home+"login", url.Values{"login": {"Ada"}, "password": {password}})
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body)

	w = v.get(home + "orders")
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), `/orders/17/cancel"`)
	cancel := home + "orders/17/cancel"
	w = v.post(t, cancel, cancel, url.Values{})
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body)
	require.Equal(t, "17", todo.cancelled)
	require.Equal(t, http.StatusOK, v.get("https://community.example"+w.Header().Get("Location")).Code)
}

func TestTheOfficeOfTheGuideIsAccepted(t *testing.T) {
	st, err := guide.PooledStore(t.Context(), postgres.Open(t))
	require.NoError(t, err)
	_, err = guide.NewOffice(t.Context(), filepath.Join(t.TempDir(), "office.key"), st, &mail.Outbox{Dir: t.TempDir()})
	require.NoError(t, err)
}
