// Command timing measures whether the office takes longer for names that it knows, at
// the full cost of hashing:
//
//	make timing
//
// For each page that takes a name or a link, it posts pairs of forms in random order,
// one with a name or link that exists and one with another, and compares all times
// with the rank test of Mann and Whitney. It starts a PostgreSQL server of its own.
//
// It prints the medians, how often a known name takes longer than an unknown one (0.5
// if they are alike), and p: how likely such a difference would be by chance. The exit
// status is 1 if p is below 0.01 divided by the number of pages and the medians differ
// by more than one percent and 0.1 milliseconds. Measuring a smaller difference over a
// network takes more requests than the limits allow.
package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"flag"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/benchmarks/visitor"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/postgres"
)

func main() {
	pairs := flag.Int("pairs", 1000, "how many pairs of forms a page gets, at most 10000")
	only := flag.String("only", "", "measure this page alone, such as /login")
	flag.Parse()
	told, err := run(context.Background(), min(*pairs, 10_000), *only)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if told {
		os.Exit(1)
	}
}

// page is one that takes a name or a link. Known and unknown return what is typed, the
// nth time.
type page struct {
	// what is who is known, if a page has more than one kind of them.
	path, what     string
	status         int
	known, unknown func(n int) (url.Values, error)
}

func run(ctx context.Context, pairs int, only string) (told bool, err error) {
	o, err := open(ctx, pairs)
	if err != nil {
		return false, err
	}
	fmt.Println("| page | pairs | known, ms | unknown, ms | known is longer | p |")
	fmt.Println("| --- | --- | --- | --- | --- | --- |")
	all := o.pages()
	for _, p := range all {
		if only != "" && only != p.path {
			continue
		}
		known, unknown, err := o.measure(p, pairs)
		if err != nil {
			return told, fmt.Errorf("%s: %w", p.path, err)
		}
		longer, chance := ranks(known, unknown)
		a, b := middle(known), middle(unknown)
		fmt.Printf("| `%s`%s | %d | %.3f | %.3f | %.3f | %.3f |\n", p.path, p.what, pairs, 1000*a, 1000*b, longer, chance)
		told = told || chance < 0.01/float64(len(all)) && math.Abs(a-b) > max(b/100, 100e-6)
	}
	return told, nil
}

// office is one that hashes at the default cost, as every office does.
type office struct {
	*backoffice.Office
	base    string
	through http.RoundTripper
	// visitors is how many IP addresses have visited.
	visitors int
}

// open makes an office with n operators in a new database.
func open(ctx context.Context, people int) (*office, error) {
	server, err := postgres.Serve("-c fsync=off -c synchronous_commit=off -c full_page_writes=off")
	if err != nil {
		return nil, err
	}
	dsn, err := server.Create(ctx, "timing")
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(postgres.Driver, dsn)
	if err != nil {
		return nil, err
	}
	st, err := sqlstore.New(db, sqlstore.PostgreSQL(), sqlstore.Config{})
	if err != nil {
		return nil, err
	}
	if err := st.Migrate(ctx); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "postern-timing-")
	if err != nil {
		return nil, err
	}
	outbox := &mail.Outbox{Dir: dir} // nothing is sent
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	o := &office{}
	o.Office, err = backoffice.New(ctx, backoffice.Config{
		Origin: "https://community.example", Secret: secret, Store: st, Mail: outbox,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Log: slog.New(slog.DiscardHandler),
		Members: community{}, SSO: &backoffice.SSO{URL: "https://sso.example", Name: "SSO"},
	})
	if err != nil {
		return nil, err
	}
	o.base, o.through = strings.TrimSuffix(o.HomeURL(), "/"), visitor.Into(o.Wrap(http.NotFoundHandler()))
	hasher, err := password.NewHasher(password.Config{})
	if err != nil {
		return nil, err
	}
	hash, err := hasher.Hash(ctx, visitor.Password)
	if err != nil {
		return nil, err
	}
	for i := range people {
		for _, of := range []func(int) string{person, leaver, member} {
			name, now := of(i), store.Time(time.Now())
			op := store.Operator{
				ID: "id-of-" + name, Name: name, NameKey: name, Email: name + "@example.org", EmailKey: name + "@example.org", SearchKey: name,
				State: store.OperatorActive, PrimaryRole: store.RoleSuperAdministrator, Password: hash, PasswordSetAt: now, CreatedAt: now, UpdatedAt: now,
			}
			switch name {
			case leaver(i):
				op.State = store.OperatorDisabled
			case member(i):
				op.MemberID = name
			}
			if err := st.Commit(ctx, store.PutOperator{Operator: op}); err != nil {
				return nil, err
			}
		}
		if _, err := o.CommandLine().Invite(ctx, guest(i)+"@example.org", "", backoffice.Moderator); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// They are names of the same length. A leaver's account is disabled, a guest is invited,
// and a member is active under SSO.
func person(n int) string   { return fmt.Sprintf("known%05d", n) }
func leaver(n int) string   { return fmt.Sprintf("ended%05d", n) }
func member(n int) string   { return fmt.Sprintf("folks%05d", n) }
func guest(n int) string    { return fmt.Sprintf("asked%05d", n) }
func stranger(n int) string { return fmt.Sprintf("alien%05d", n) }

// community knows its members by their names.
type community struct{}

func (community) FindMember(_ context.Context, id string) (backoffice.Member, error) {
	return backoffice.Member{ID: id, Name: id, Email: id + "@example.org"}, nil
}

func (community) FindMemberByLogin(context.Context, string) (backoffice.Member, error) {
	return backoffice.Member{}, backoffice.ErrNoMember
}

func (community) CheckMemberPassword(context.Context, string, string) (bool, error) {
	return false, nil
}

func (o *office) pages() []page {
	typed := func(field, domain string, name func(int) string, more url.Values) func(int) (url.Values, error) {
		return func(n int) (url.Values, error) {
			form := url.Values{field: {name(n) + domain}}
			for k, v := range more {
				form[k] = v
			}
			return form, nil
		}
	}
	wrong := url.Values{"password": {"tundra 71 spindle mango orchid"}}
	link := func(token string) url.Values {
		return url.Values{"token": {token}, "password": {visitor.Password}, "password_again": {visitor.Password}}
	}
	none := func(int) (url.Values, error) {
		token := make([]byte, 32)
		rand.Read(token)
		return link(base64.RawURLEncoding.EncodeToString(token)), nil
	}
	// A link that was sent to someone and no longer works.
	ended := func(page string, create func(n int) (string, error)) func(int) (url.Values, error) {
		return func(n int) (url.Values, error) {
			url, err := create(n)
			if err != nil {
				return nil, err
			}
			_, token, ok := strings.Cut(url, page+"#")
			if !ok {
				return nil, fmt.Errorf("no link to %s", page)
			}
			return link(token), nil
		}
	}
	ctx := context.Background()
	forgot := func(what string, name func(int) string) page {
		return page{"/forgot", what, http.StatusOK, typed("email", "@example.org", name, nil), typed("email", "@example.org", stranger, nil)}
	}
	return []page{
		{"/login", "", http.StatusUnprocessableEntity, typed("login", "", person, wrong), typed("login", "", stranger, wrong)},
		forgot("", person), forgot(", invited", guest), forgot(", disabled", leaver), forgot(", under SSO", member),
		{"/reset", "", http.StatusGone, ended("reset", func(n int) (string, error) {
			link, _, err := o.CommandLine().CreateResetLink(ctx, person(n))
			if err == nil {
				_, _, err = o.CommandLine().CreateResetLink(ctx, person(n)) // which ends the first
			}
			return link, err
		}), none},
		{"/welcome", "", http.StatusGone, ended("welcome", func(n int) (string, error) {
			email := fmt.Sprintf("guest%05d@example.org", n)
			link, err := o.CommandLine().Invite(ctx, email, "", backoffice.Moderator)
			if err == nil {
				_, err = o.CommandLine().Invite(ctx, email, "", backoffice.Moderator)
			}
			return link, err
		}), none},
	}
}

// measure posts pairs of forms, and returns the seconds that each took.
func (o *office) measure(p page, pairs int) (known, unknown []float64, err error) {
	for n := range pairs {
		// Both are made before either is posted: it leaves caches warm.
		yes, err := p.known(n)
		if err != nil {
			return nil, nil, err
		}
		no, err := p.unknown(n)
		if err != nil {
			return nil, nil, err
		}
		coin := make([]byte, 1)
		rand.Read(coin)
		for turn := range byte(2) {
			form, times := yes, &known
			if turn == coin[0]&1 {
				form, times = no, &unknown
			}
			// Every visitor comes from a network of their own.
			o.visitors++
			v := &visitor.Visitor{Base: o.base, IP: fmt.Sprintf("2001:%x:%x::1", 0x1000+o.visitors>>16, o.visitors&0xffff), Through: o.through}
			shown, err := v.Get(p.path)
			if err != nil {
				return nil, nil, err
			}
			began := time.Now()
			answer, err := v.Post(shown, p.path, form)
			took := time.Since(began)
			if err == nil && answer.Status != p.status {
				err = fmt.Errorf("status %d", answer.Status)
			}
			if err != nil {
				return nil, nil, err
			}
			*times = append(*times, took.Seconds())
		}
	}
	return known, unknown, nil
}

// ranks returns how often a value of a is greater than one of b, and how likely
// chance alone would move that as far from one half (Mann and Whitney, with the
// normal approximation, which is close enough for 20 values or more).
func ranks(a, b []float64) (more, p float64) {
	sorted := slices.Sorted(slices.Values(b))
	u := 0.0
	for _, x := range a {
		below, _ := slices.BinarySearch(sorted, x)
		same := below
		for same < len(sorted) && sorted[same] == x {
			same++
		}
		u += float64(below) + float64(same-below)/2
	}
	n, m := float64(len(a)), float64(len(b))
	z := (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
	return u / (n * m), math.Erfc(math.Abs(z) / math.Sqrt2)
}

func middle(all []float64) float64 { return slices.Sorted(slices.Values(all))[len(all)/2] }
