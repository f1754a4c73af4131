package faults_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
)

// What visitors do.
const (
	visits  = "community"
	reads   = "page of a signed-in operator"
	signIns = "sign-in"
	resets  = "reset mail"
)

// answer is what one request came to: a status, or "cut".
type answer struct {
	kind    string
	replica *replica
	outcome string
	began   time.Time
	took    time.Duration
}

func (a answer) good() bool { return a.outcome == "ok" }

// load keeps all replicas busy, and writes down what comes back.
type load struct {
	c    *cluster
	stop chan struct{}
	done sync.WaitGroup

	mu       sync.Mutex
	answers  []answer
	signedIn []string // user agents of sign-ins that were acknowledged
	asked    []string // recipients of resets that were acknowledged
	spare    chan string
}

var visitor atomic.Int64

// address is an IP address that nobody has had, so that no limit is met.
func address() string {
	n := visitor.Add(1)
	return fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
}

// begin starts the load. The recipients of resets are made beforehand.
func (c *cluster) begin(recipients int) *load {
	l := &load{c: c, stop: make(chan struct{}), spare: make(chan string, recipients)}
	for range recipients {
		l.spare <- c.operator("r")
	}
	for _, r := range c.replicas {
		reader, signer := c.operator("reader"), c.operator("signer")
		l.every(10*time.Millisecond, func() { l.visit(r) })
		in := &person{l: l, r: r, name: reader, agent: "reader"}
		l.every(50*time.Millisecond, func() { l.read(in) })
		n := 0
		l.every(100*time.Millisecond, func() {
			n++
			l.signIn(&person{l: l, r: r, name: signer, agent: fmt.Sprintf("sign-in/%s/%d/%d", r.name, l.c.operators, n)})
		})
		l.every(400*time.Millisecond, func() { l.reset(r) })
	}
	return l
}

func (l *load) every(wait time.Duration, act func()) {
	l.done.Add(1)
	go func() {
		defer l.done.Done()
		tick := time.NewTicker(wait)
		defer tick.Stop()
		for {
			select {
			case <-l.stop:
				return
			case <-tick.C:
				act()
			}
		}
	}()
}

func (l *load) end() {
	close(l.stop)
	l.done.Wait()
}

func (l *load) note(a answer) {
	a.took = time.Since(a.began)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = append(l.answers, a)
}

// since returns the answers to what was asked after a time.
func (l *load) since(t time.Time) []answer {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []answer
	for _, a := range l.answers {
		if a.began.After(t) {
			all = append(all, a)
		}
	}
	return all
}

func (l *load) visit(r *replica) {
	a := answer{kind: visits, replica: r, began: time.Now(), outcome: "ok"}
	p := &person{l: l, r: r, agent: "visitor"}
	if status, body, _ := p.send(http.MethodGet, "/", nil); status != "200" || body != "community" {
		a.outcome = status
	}
	l.note(a)
}

func (l *load) read(p *person) {
	if p.client == nil {
		if outcome := p.signIn(); outcome != "ok" {
			p.client = nil
			return // the sign-ins of signers are the ones that count
		}
	}
	a := answer{kind: reads, replica: p.r, began: time.Now(), outcome: "ok"}
	status, body, _ := p.send(http.MethodGet, p.l.c.base+"/page", nil)
	if status != "200" || body != "page" {
		a.outcome = status
	}
	l.note(a)
}

func (l *load) signIn(p *person) {
	a := answer{kind: signIns, replica: p.r, began: time.Now()}
	if a.outcome = p.signIn(); a.good() {
		l.mu.Lock()
		l.signedIn = append(l.signedIn, p.agent)
		l.mu.Unlock()
	}
	l.note(a)
}

func (l *load) reset(r *replica) {
	var name string
	select {
	case name = <-l.spare:
	default:
		return
	}
	a := answer{kind: resets, replica: r, began: time.Now(), outcome: "ok"}
	p := &person{l: l, r: r, agent: "forgetful"}
	status, _ := p.submit("/forgot", url.Values{"email": {name + "@example.org"}})
	if status == "200" {
		l.mu.Lock()
		l.asked = append(l.asked, name+"@example.org")
		l.mu.Unlock()
	} else {
		a.outcome = status
	}
	l.note(a)
}

// person is a browser at one replica.
type person struct {
	l           *load
	r           *replica
	name, agent string
	client      *http.Client
	ip          string
}

// patience is longer than anything may take.
const patience = 30 * time.Second

func (p *person) open() {
	jar, err := cookiejar.New(nil)
	require.NoError(p.l.c.t, err)
	p.ip = address()
	p.client = &http.Client{
		Jar: jar, Timeout: patience, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

var transport = &http.Transport{MaxIdleConnsPerHost: 64}

// send returns the status, or "cut" if there was no whole answer.
func (p *person) send(method, path string, form url.Values) (status, body string, h http.Header) {
	if p.client == nil {
		p.open()
	}
	r, err := http.NewRequest(method, p.r.url()+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err.Error(), "", nil
	}
	r.Header.Set("User-Agent", p.agent)
	r.Header.Set("X-Forwarded-For", p.ip)
	if method == http.MethodPost {
		r.Header.Set("Origin", "null")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := p.client.Do(r)
	if err != nil {
		return "cut", err.Error(), nil
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		return "cut", err.Error(), nil
	}
	return fmt.Sprint(res.StatusCode), string(content), res.Header
}

var token = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// submit fills in and posts a form of the office.
func (p *person) submit(path string, form url.Values) (status, location string) {
	status, body, _ := p.send(http.MethodGet, p.l.c.base+path, nil)
	found := token.FindStringSubmatch(body)
	if status != "200" || found == nil {
		return status, ""
	}
	form.Set("csrf", found[1])
	status, _, h := p.send(http.MethodPost, p.l.c.base+path, form)
	return status, h.Get("Location")
}

func (p *person) signIn() (outcome string) {
	p.open()
	status, _ := p.submit("/login", url.Values{"login": {p.name}, "password": {secret}})
	if status == "303" {
		return "ok"
	}
	return status
}
