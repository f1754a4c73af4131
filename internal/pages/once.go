package pages

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// A form of ours that is sent twice is handled once: the browser that sent it gets the
// answer of the first time, for a few minutes. See docs/decisions/023.

// sentForm is a form as it was sent.
type sentForm struct {
	access access
	// permission is what its operator needs as well.
	permission string
	// key is under which its answer is stored. place is what opens the answer, and is
	// stored nowhere: only the same form brings it.
	key   store.Digest
	place string
	// claim is the right to handle it.
	claim *desk.Claim
}

// maxAnswer is the most bytes of an answer that is kept.
const maxAnswer = 256 << 10

// keptAnswer is an answer to a form, as it is sealed and kept.
type keptAnswer struct {
	Status int
	Header http.Header
	Body   []byte
	// Tokens are the digests of the tokens by which its browser is known: those that it
	// sent, and those that the answer gave it.
	Tokens [][]byte
	// ID is that of the session in which the form was sent; empty if there was none.
	ID string
	// Session is the token of the session that the answer belongs to; empty if there is
	// none. Begins reports that the answer sets it, Ends that it removes one.
	Session      string
	Begins, Ends bool
}

// keptHeaders are the headers that this answer and no other has. The policy is that of
// the nonce in the body.
var keptHeaders = []string{"Location", "Content-Type", "Content-Security-Policy", "Set-Cookie", "Clear-Site-Data"}

// formKey returns the form of this request and its key. Its form token names the browser and the
// moment at which the page was made, and cannot be guessed, so another page, another
// browser and another content are another form.
func (c *call) formKey(r route) *sentForm {
	of := func(what string) []byte {
		return c.Vault.MAC(vault.FormKeys, what, c.sentToken(), c.r.Method, c.path, c.r.URL.RawQuery, c.visit.UserAgent, c.form.Encode())
	}
	return &sentForm{access: r.access, permission: r.permission, key: store.Digest(of("key")), place: string(of("place"))}
}

// claimForm claims a form whose token was accepted. If it was handled before, claimForm
// answers the request.
func (c *call) claimForm(r route) error {
	if r.repeatable {
		return nil
	}
	form := c.formKey(r)
	claim, sealed, err := c.Desk.ClaimAnswer(c.ctx(), c.identity, form.key, c.visit.RequestID)
	if err != nil || c.answerAgain(form, sealed) {
		return err
	}
	if form.claim = claim; claim != nil {
		c.claimed = form
	}
	return nil
}

// answeredBefore answers a request that is about to be refused, because the first answer
// to its form has replaced the cookies, and reports whether it did. For any other
// request, it costs at most a read.
func (c *call) answeredBefore(r route) bool {
	if same, stated := c.sameOrigin(); stated && !same {
		return false
	}
	if !c.unsafe() || r.repeatable || len(c.tokens(true)) == 0 {
		return false
	}
	if !c.formRead() {
		return false
	}
	if c.sentToken() == "" {
		return false
	}
	form := c.formKey(r)
	sealed, err := c.Desk.FindAnswer(c.ctx(), form.key)
	if err != nil {
		c.Desk.Log.WarnContext(c.ctx(), "answer to a form not found", "request", c.visit.RequestID, "error", err)
	}
	return c.answerAgain(form, sealed)
}

// ServeFormer answers the form that moved the office, if it is sent to the former alias
// again. It leaves any other request as it is, and returns false: that belongs to the
// community.
func (s *Server) ServeFormer(w http.ResponseWriter, r *http.Request, alias string, n int) (ours bool) {
	c := s.newCall(w, r, alias, n)
	if c.path != aliasPath || !c.secure || r.Body == nil {
		return false
	}
	kept, form, postForm := &spool{ReadCloser: r.Body}, r.Form, r.PostForm
	r.Body = kept
	ours = c.answeredBefore(route{})
	r.Body, r.Form, r.PostForm = kept.again(), form, postForm
	return ours
}

// answerAgain gives a sealed answer again, if it may, and reports whether it did. The
// audit log and the counters have the first time; nothing is added.
func (c *call) answerAgain(form *sentForm, sealed []byte) bool {
	if len(sealed) == 0 {
		return false
	}
	plain, err := c.Vault.Open(vault.FormAnswers, form.place, sealed)
	var k keptAnswer
	if err != nil || json.Unmarshal(plain, &k) != nil || !c.mayHave(form, &k) {
		return false
	}
	c.Desk.Log.DebugContext(c.ctx(), "form sent again", "request", c.visit.RequestID, "route", c.visit.Route)
	c.setHeaders() // ServeFormer has not
	c.varies()
	h := c.w.Header()
	for name, values := range k.Header {
		h[name] = values
	}
	h.Set("Content-Length", strconv.Itoa(len(k.Body)))
	c.w.WriteHeader(k.Status)
	_, _ = c.w.Write(k.Body)
	return true
}

// mayHave reports whether this request comes from the browser that an answer was for, and
// the session of the answer, if it has one, still lives. A page, which may show a secret,
// also takes the permission that its form took: it may have been taken away since.
func (c *call) mayHave(form *sentForm, k *keptAnswer) bool {
	// A session goes on under another token after a step-up.
	same := c.identity != nil && k.ID == c.identity.Session.ID
	if !same && !slices.ContainsFunc(c.tokens(true), func(token string) bool { return k.knows(token) }) {
		return false
	}
	if len(k.Body) > 0 && form.permission != "" && (c.identity == nil || !c.identity.Can(form.permission)) {
		return false
	}
	if k.Ends && c.identity != nil && !k.knows(c.token(sessionCookie)) {
		return false // It would take the cookie of another session, which would go on.
	}
	if same && k.Begins {
		if _, err := c.Desk.Authenticate(c.ctx(), c.visit, k.Session); err != nil {
			delete(k.Header, "Set-Cookie") // The session has had another token since.
		}
	}
	if same || k.Session == "" {
		return true
	}
	id, err := c.Desk.Authenticate(c.ctx(), c.visit, k.Session)
	if err != nil {
		return false
	}
	if c.identity == nil && c.Desk.Ask(unasked{c}, desk.Question{Identity: id, Visit: c.visit, Permission: form.permission}) != nil {
		return false // decide has asked about a session that came with the request
	}
	if k.Begins {
		return c.identity == nil || c.identity.Session.ID == id.Session.ID
	}
	digest := store.DigestOf(c.token(sessionCookie))
	return digest == id.Session.Digest
}

// knows reports whether a token is one of those by which the browser is known.
func (k *keptAnswer) knows(token string) bool {
	digest := store.DigestOf(token)
	return slices.ContainsFunc(k.Tokens, func(d []byte) bool { return store.Digest(d) == digest })
}

// know adds a token by which the browser is known.
func (k *keptAnswer) know(token string) {
	digest := store.DigestOf(token)
	k.Tokens = append(k.Tokens, digest[:])
}

// tokens are those of the browser. Those of a known browser outlive its sessions.
func (c *call) tokens(browser bool) []string {
	var all []string
	for _, token := range []string{c.token(sessionCookie), c.token(preCookie)} {
		if token != "" {
			all = append(all, token)
		}
	}
	if browser {
		all = append(all, c.browserVisit().Browsers...)
	}
	return all
}

// keep keeps the answer to a form that was handled successfully. Its header is complete.
func (c *call) keep(status int, body []byte) {
	if c.claimed == nil {
		return
	}
	c.forgetTyped()
	k := keptAnswer{Status: status, Header: http.Header{}, Body: body}
	h := c.w.Header()
	for _, name := range keptHeaders {
		if values := h[name]; len(values) > 0 {
			k.Header[name] = values
		}
	}
	if c.claimed.access < signedOut || c.identity != nil && len(body) > 0 {
		k.Session = c.token(sessionCookie) // A page in a session names its operator.
	}
	if c.identity != nil {
		k.ID = c.identity.Session.ID
	}
	for _, set := range (&http.Response{Header: h}).Cookies() {
		if set.Name == c.cookies[sessionCookie] {
			k.Session, k.Begins, k.Ends = set.Value, set.Value != "", set.Value == ""
		}
		if set.Name != c.cookies[browserCookie] && set.Value != "" {
			k.know(set.Value)
		}
	}
	// After a session, its browser may have no other token.
	for _, token := range c.tokens(k.Ends) {
		k.know(token)
	}
	plain, err := json.Marshal(k)
	if err != nil || len(plain) > maxAnswer {
		return // and release has it handled again
	}
	c.settle(c.Vault.Seal(vault.FormAnswers, c.claimed.place, plain))
}

// release gives back the claim to a form whose answer is not kept, before the answer is
// sent: it was refused, or did nothing. It may be sent again.
func (c *call) release() {
	if c.claimed != nil {
		c.settle(nil)
	}
}

func (c *call) settle(sealed []byte) {
	form := c.claimed
	c.claimed = nil
	form.claim.Settle(c.ctx(), sealed)
}
