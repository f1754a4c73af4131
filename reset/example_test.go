package reset_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store/memstore"
)

// community is an app with members of its own.
type community struct {
	links     *reset.Links
	passwords map[string]string // by member id; a real one keeps hashes
	mails     chan string
}

// member returns the id of the member who may have a link, or "".
func (c *community) member(email string) string {
	if strings.EqualFold(email, "ada@example.org") {
		return "member-1"
	}
	return ""
}

func (c *community) postForgot(w http.ResponseWriter, r *http.Request) {
	email := r.PostFormValue("email")
	link, ok, err := c.links.Request(r.Context(), reset.RequestForm{
		Identifier: email,
		Subject:    c.member(email),
		IP:         r.RemoteAddr,
	})
	var limited *reset.LimitedError
	switch {
	case errors.As(err, &limited):
		w.Header().Set("Retry-After", strconv.Itoa(int(time.Until(limited.RetryAt).Seconds())+1))
		http.Error(w, "Too many requests. Try again later.", http.StatusTooManyRequests)
		return
	case errors.Is(err, reset.ErrOff):
		http.NotFound(w, r)
		return
	case err != nil:
		http.Error(w, "Not now. Try again in a moment.", http.StatusServiceUnavailable)
		return
	}
	if ok {
		// The page's URL comes from the configuration, never from the request.
		if address, err := link.URL("https://community.example/reset"); err == nil {
			c.mails <- address // a real one uses a queue
		}
	}
	fmt.Fprint(w, "If there is an account, a mail is on its way.")
}

func (c *community) postReset(w http.ResponseWriter, r *http.Request) {
	password := r.PostFormValue("password")
	if len(password) < 15 { // check everything before the link is spent
		http.Error(w, "Use 15 characters or more.", http.StatusUnprocessableEntity)
		return
	}
	err := c.links.Redeem(r.Context(), r.PostFormValue("token"), func(_ context.Context, memberID string) error {
		c.passwords[memberID] = password
		return nil
	})
	switch {
	case errors.Is(err, reset.ErrLink):
		http.Error(w, "This link does not work any more. Ask for another one.", http.StatusUnprocessableEntity)
	case err != nil:
		http.Error(w, "Not now. Ask for another link in a moment.", http.StatusServiceUnavailable)
	default:
		fmt.Fprint(w, "Your password is changed. Sign in with it.")
	}
}

// A community's own "forgot your password?", from the form to the new password.
func Example() {
	links, err := reset.New(reset.Config{
		Store:   memstore.New(),
		Purpose: "member-reset",
		Key:     bytes.Repeat([]byte("k"), reset.KeyBytes), // a real one is random
	})
	if err != nil {
		panic(err)
	}
	c := &community{links: links, passwords: map[string]string{}, mails: make(chan string, 1)}

	fmt.Println(post(c.postForgot, "email", "nobody@example.org"))
	fmt.Println(post(c.postForgot, "email", "ada@example.org"))

	_, token, _ := strings.Cut(<-c.mails, "#") // the page's script does this
	fmt.Println(post(c.postReset, "token", token, "password", "too short"))
	fmt.Println(post(c.postReset, "token", token, "password", "a new long password"))
	fmt.Println(post(c.postReset, "token", token, "password", "another long password"))
	fmt.Println(c.passwords["member-1"])

	// Output:
	// 200 If there is an account, a mail is on its way.
	// 200 If there is an account, a mail is on its way.
	// 422 Use 15 characters or more.
	// 200 Your password is changed. Sign in with it.
	// 422 This link does not work any more. Ask for another one.
	// a new long password
}

// post sends a form of names and values, as a browser would.
func post(handler http.HandlerFunc, fields ...string) string {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	handler(w, r)
	return fmt.Sprint(w.Code, " ", strings.TrimSpace(w.Body.String()))
}

// A community whose members sign in with their company has no links.
func ExampleSSOError() {
	links, err := reset.New(reset.Config{
		Store:   memstore.New(),
		Purpose: "member-reset",
		Key:     bytes.Repeat([]byte("k"), reset.KeyBytes),
		SSO:     "https://id.company.example/",
	})
	if err != nil {
		panic(err)
	}
	_, _, err = links.Request(context.Background(), reset.RequestForm{Identifier: "ada@example.org"})
	var sso *reset.SSOError
	if errors.As(err, &sso) {
		fmt.Println("not found here; sign in at", sso.URL)
	}
	// Output:
	// not found here; sign in at https://id.company.example/
}

// A caller with writes of its own commits them together with the token's.
func ExampleLinks_Spend() {
	ctx := context.Background()
	st := memstore.New()
	key := sha256.Sum256([]byte("a real one comes from the master secret"))
	links, err := reset.New(reset.Config{Store: st, Purpose: "reset", Key: key[:]})
	if err != nil {
		panic(err)
	}
	link, put, err := links.Make("operator-1", "")
	if err != nil {
		panic(err)
	}
	if err := st.Commit(ctx, put); err != nil { // with the email and the audit entry
		panic(err)
	}
	for range 2 {
		err := reset.LinkError(st.Commit(ctx, links.Spend(link.Token()))) // with the new password
		fmt.Println(err == nil, errors.Is(err, reset.ErrUsed))
	}
	// Output:
	// true false
	// false true
}
