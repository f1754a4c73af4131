package pages

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/vault"
)

const (
	// maxForm is the most bytes of one of our forms (N-BODY), maxFields the most
	// different fields. Roles, permissions and operators are one field each, however many
	// are ticked: a host may declare hundreds.
	maxForm   = 64 << 10
	maxFields = 100
	// tokenField carries the form token.
	tokenField = "csrf"
)

// tokenHeaders carry the form token in place of the field: the first is what Rails, htmx
// and most others use, the second what Axios and Angular do.
var tokenHeaders = [...]string{"X-Csrf-Token", "X-Xsrf-Token"}

// badRequest is the status for a request that cannot be read.
type badRequest int

func (badRequest) Error() string { return "request cannot be read" }

var (
	errCrossOrigin = errors.New("request comes from another origin")
	errStaleForm   = errors.New("form token does not match")
	errUpgrade     = errors.New("another protocol")
)

// formToken returns the token of a form: it ties the form to the session, or to
// the signed-out cookie, of the browser that asked for it (ASVS 3.5.1), and says when
// its page was made. No two pages have the same. It outlives a step-up, which gives the
// session another token but not another ID.
//
// In a session it also names the operator, under a stamp that can be checked without the
// session: after its end, that still says whose form was sent. The stamp opens nothing.
func (c *call) formToken() string {
	kind, owner := formOfSession, c.begun
	switch {
	case owner != "":
	case c.identity != nil:
		kind, owner = c.formOwner()
	default:
		kind, owner = formOfBrowser, c.formBrowser(c.preToken())
	}
	head := binary.BigEndian.AppendUint64(make([]byte, 0, tokenLength), uint64(c.Desk.Now().UnixMilli()))
	head = append(head, c.visit.RequestID[:headLength-len(head)]...)
	token := append(head, c.Vault.MAC(vault.FormTokens, kind, owner, string(head))...)
	if c.identity != nil && kind == formOfSession {
		id := c.identity.Real().Operator.ID
		token = append(append(token, c.Vault.MAC(vault.FormTokens, formOfOperator, id, string(token))...), id...)
	}
	return base64.RawURLEncoding.EncodeToString(token)
}

// What a form belongs to: a session, by its ID, or a browser without one, by its cookie.
// No cookie can pass for an ID.
const (
	formOfSession = "session"
	formOfBrowser = "browser"
	// formOfSeeing is for a session while it shows the office as someone else.
	formOfSeeing = "seeing"
	// formOfOperator is for the stamp.
	formOfOperator = "operator"
)

// headLength is the length of what comes before the MAC in a form token: the time, in
// eight bytes, and the beginning of the request's ID. tokenLength is that of the whole,
// after which stampLength bytes and the operator's ID may follow.
const (
	headLength  = 16
	tokenLength = headLength + vault.MACSize
	stampLength = vault.MACSize
)

// checkForgery returns nil only if an unsafe request carries the token of a page of
// ours, and its browser does not state that it comes from elsewhere. Either check
// holds where the other is weakened: by a page of the same origin that leaks its
// token, or by a browser or proxy that drops headers. Then the token is enough: it
// goes with a cookie that is SameSite=Strict, so no other site can send the two
// together, and no other host can set it to one of its own.
//
// A page that is open to everyone, such as the page of a reset link, also accepts the
// token of the signed-out cookie from an operator with a session. A link in web
// mail opens without the session's cookie, which is SameSite=Strict, and its form
// is then posted with it.
//
// A form of ours is then claimed; if it was sent before, the request is answered.
func (c *call) checkForgery(r route) error {
	if same, stated := c.sameOrigin(); stated && !same {
		c.Desk.Forged(c.ctx(), c.visit, "origin")
		return errCrossOrigin
	}
	if c.tokenless() {
		return nil
	}
	made, ok := c.formMade(r.access)
	if !ok {
		if c.answeredBefore(r) {
			return nil
		}
		c.Desk.Forged(c.ctx(), c.visit, "form token")
		return errStaleForm
	}
	if err := c.claimForm(r); err != nil || c.wrote() {
		return err
	}
	return c.Desk.AtHumanPace(c.identity, made)
}

// formBrowser returns what the forms of a browser without a session belong to: the token of
// its cookie, in this office. Another office may have the same secret.
func (c *call) formBrowser(pre string) string { return c.Desk.State().Stored.Office + "/" + pre }

// decodeFormToken returns the bytes of a form token, or nil if a text does not have the
// form of one. It begins with a time, so 64 hexadecimal digits, for example, are not one.
func decodeFormToken(text string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != tokenLength && len(raw) <= tokenLength+stampLength || raw[0]|raw[1] != 0 {
		return nil
	}
	return raw
}

// author returns the operator in whose session the page of this form was made, by the
// stamp on its token, and when; "" if it has none. The session may have ended.
func (c *call) author() (operatorID string, made time.Time) {
	raw := decodeFormToken(c.sentToken())
	if len(raw) <= tokenLength || !c.stamped(raw) {
		return "", time.Time{}
	}
	return string(raw[tokenLength+stampLength:]), madeAt(raw)
}

// stamped reports whether the stamp of a form token is ours, if it has one.
func (c *call) stamped(raw []byte) bool {
	if len(raw) == tokenLength {
		return true
	}
	stamp, id := raw[tokenLength:tokenLength+stampLength], raw[tokenLength+stampLength:]
	return c.Vault.CheckMAC(vault.FormTokens, stamp, formOfOperator, string(id), string(raw[:tokenLength]))
}

// madeAt returns the time in a form token.
func madeAt(raw []byte) time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(raw[:8])))
}

// sentTokens are what may be the form token of this request. A header that is also the
// community's may have that of the community.
func (c *call) sentTokens() [len(tokenHeaders) + 1]string {
	return [...]string{c.r.Header.Get(tokenHeaders[0]), c.r.Header.Get(tokenHeaders[1]), c.form.Get(tokenField)}
}

// sentToken is the form token of this request: the one that was accepted, or the first
// that has the form of one.
func (c *call) sentToken() string {
	if c.sent != "" {
		return c.sent
	}
	for _, token := range c.sentTokens() {
		if decodeFormToken(token) != nil {
			return token
		}
	}
	return ""
}

// formMade returns when the page of a form was made, if its token is this browser's.
func (c *call) formMade(a access) (made time.Time, ok bool) {
	for _, token := range c.sentTokens() {
		raw := decodeFormToken(token)
		if raw == nil {
			continue
		}
		head, mac := string(raw[:headLength]), raw[headLength:tokenLength]
		if c.identity != nil {
			kind, owner := c.formOwner()
			ok = c.Vault.CheckMAC(vault.FormTokens, mac, kind, owner, head)
			if over := c.seeingOver; !ok && over != nil && over.SeeingID != "" { // see leavesSeeing
				kind, owner = c.formSeeing(over.SeeingID)
				ok = c.Vault.CheckMAC(vault.FormTokens, mac, kind, owner, head)
			}
		}
		if pre := c.token(preCookie); !ok && pre != "" && (c.identity == nil || a == open) {
			ok = c.Vault.CheckMAC(vault.FormTokens, mac, formOfBrowser, c.formBrowser(pre), head)
		}
		if ok && c.stamped(raw) {
			c.sent = token
			return madeAt(raw), true
		}
	}
	return time.Time{}, false
}

// refuseOtherOrigins refuses what a page of another origin asks for in a session. The office
// serves nothing for that (ASVS 3.5.8).
func (c *call) refuseOtherOrigins() error {
	if c.identity == nil || !c.fromOtherOrigin() {
		return nil
	}
	if c.unsafe() && c.r.Header.Get("Sec-Fetch-Site") != "cross-site" {
		c.Desk.Forged(c.ctx(), c.visit, "origin")
	}
	return errCrossOrigin
}

// fromOtherOrigin reports whether a page of another origin asks for something other than a
// page to navigate to. It may be a sibling host's, to which SameSite is no obstacle and CORS
// around the gate may be open. checkUpgrade decides about handshakes.
func (c *call) fromOtherOrigin() bool {
	h := c.r.Header
	site, origin := h.Get("Sec-Fetch-Site"), h.Get("Origin")
	switch {
	case site != "" && h.Get("Sec-Fetch-Mode") == "navigate":
		return false
	case site == "cross-site":
		return true
	case len(h["Upgrade"]) > 0 || c.extendedConnect():
		return false
	case site == "same-site":
		return true
	case site != "" || origin == "" || origin == c.Desk.Origin:
		return false
	}
	return !c.unsafe() || origin != "null" // as in a form of ours: see sameOrigin
}

// checkUpgrade lets a handshake, such as that of a WebSocket, reach only the host,
// and only if the browser states that it comes from a page of this origin. A handshake
// is a GET that opens a connection in both directions, with the operator's cookies and
// no CORS to stop a sibling host, for which SameSite does not either. It needs no form
// token, because a browser cannot send one: a script of this origin that knows the alias
// can open it.
//
// A browser never sends a handshake without the header Upgrade. "Connection: upgrade"
// alone is what many proxies add to every request.
func (c *call) checkUpgrade() error {
	same, _ := c.sameOrigin()
	switch {
	case len(c.r.Header["Upgrade"]) == 0 && !c.extendedConnect():
		return nil
	case !same:
		c.Desk.Forged(c.ctx(), c.visit, "origin")
		return errCrossOrigin
	case c.ours(), firstSegment(c.path) == "static":
		return errUpgrade
	}
	return nil
}

// extendedConnect reports whether this is a handshake over HTTP/2 (RFC 8441).
func (c *call) extendedConnect() bool {
	return c.r.Method == http.MethodConnect && len(c.r.Header[":protocol"]) > 0
}

// sameOrigin reports whether headers that only a browser can set state that the
// request comes from a page of this origin, and whether they state anything.
//
// Sec-Fetch-Site decides if it is there. Safari before 16.4, old web views and some
// privacy extensions do not send it; then a real Origin decides. Null is none: our
// own pages are sent with "Referrer-Policy: no-referrer", under which browsers send
// "Origin: null" (Fetch Standard, "append a request Origin header"), and so do
// sandboxed frames of anyone.
func (c *call) sameOrigin() (same, stated bool) {
	site, origin := c.r.Header.Get("Sec-Fetch-Site"), c.r.Header.Get("Origin")
	switch {
	case site != "" && site != "same-origin":
		return false, true
	case origin == "" || origin == "null":
		return site != "", site != ""
	}
	return origin == c.Desk.Origin, true
}

// readForm reads one of our forms. It accepts one content type, a limited size,
// a limited number of fields, each once unless it may repeat, and only text.
func (c *call) readForm() error {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != urlEncoded || c.encoded() {
		return badRequest(http.StatusUnsupportedMediaType)
	}
	if c.r.Body, err = c.bounded(c.r.Body, max(maxForm, c.route().most)); err != nil {
		return err
	}
	if err := c.r.ParseForm(); err != nil {
		return unreadable(err)
	}
	if len(c.r.PostForm) > maxFields {
		return badRequest(http.StatusBadRequest)
	}
	for name, values := range c.r.PostForm {
		if len(values) > 1 && name != "role" && name != "permission" && name != "operator" {
			return badRequest(http.StatusBadRequest)
		}
		for _, v := range values {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return badRequest(http.StatusBadRequest)
			}
		}
	}
	c.form = c.r.PostForm
	return nil
}
