package pages

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// What was typed into a form of ours is not lost when the form cannot be handled yet: the
// session has ended, the operator must confirm their identity, or the record has changed.
// It is kept, and the page of the form shows it again. See docs/decisions/037.

// keptForm is a form that was not handled, as it is sealed and kept.
type keptForm struct {
	// Operator is the ID of the operator who typed it. No one else sees it.
	Operator string
	// Path is where it was posted to, Page is the path that has the form.
	Path, Page string
	Why        keptBecause
	Values     url.Values
}

// keptBecause is why a form was not handled.
type keptBecause string

const (
	keptForProof  keptBecause = "proof"
	keptForSignIn keptBecause = "sign-in"
	keptStale     keptBecause = "stale"
	keptChanged   keptBecause = "changed"
	keptForLater  keptBecause = "later"
)

// keptLevels are the levels of the notices that say why a form shows what was typed before,
// by the message "frame.kept." with the reason.
var keptLevels = map[keptBecause]view.Level{
	keptForProof:  view.LevelInfo,
	keptForSignIn: view.LevelWarning,
	keptStale:     view.LevelWarning,
	keptChanged:   view.LevelWarning,
	keptForLater:  view.LevelInfo,
}

// keptNotice says why a form shows what was typed before.
func (c *call) keptNotice(why keptBecause) view.Notice {
	level, ok := keptLevels[why]
	if !ok {
		return view.Notice{}
	}
	return view.Notice{Level: level, Text: c.t("frame.kept." + string(why))}
}

// keptField is the query parameter that names a kept form, and the hidden field by which the
// form that shows it is known when it is saved.
const keptField = "kept"

// editAgain, as the confirmation, is the button of a preview that leads back to the form.
const editAgain = "edit"

// oldestForm is how long ago the page of a form can have been made for it to be kept.
const oldestForm = 7 * 24 * time.Hour

// mostTyped is the most bytes of a form that is kept.
const mostTyped = 256 << 10

// notTyped are fields that are never kept, besides secrets: what belongs to one page, and
// where to go on to.
var notTyped = []string{tokenField, keptField, passkeyField, "confirm", "restore", "next"}

// madeFrom are hidden fields that say which state of a record a form was made from.
var madeFrom = []string{"version", "revision"}

// pressed are fields that a button sends. They are no reason to keep a form.
var pressed = []string{"action", "end", "remove", "scheme"}

// typed returns what was typed into the form of this request, or nil if nothing was.
func (c *call) typed() url.Values {
	if !c.formRead() {
		return nil
	}
	r := c.route()
	values, any := url.Values{}, false
	for name, sent := range c.form {
		if !slices.Contains(r.fields, name) || slices.Contains(notTyped, name) || slices.Contains(secrets, name) {
			continue
		}
		values[name] = sent
		// A form that was made from a record may say something by what is not ticked in it.
		any = any || slices.Contains(madeFrom, name) || !slices.Contains(pressed, name) && strings.Join(sent, "") != ""
	}
	if !any {
		return nil
	}
	return values
}

// endpoint returns the page that this request is for, which is nil for a path of the host.
func (c *call) endpoint() endpoint {
	if !c.ours() {
		return c.endpointOf(c.url)
	}
	_, pattern := c.mux.Handler(c.inner)
	return c.routes[pattern]
}

func (c *call) route() route { return c.endpoint()[c.method()] }

// keepTyped keeps what was typed into the form of this request, if it is one of ours, made
// in a session of the operator who is signed in now or, if no one is, of any. It returns the
// path of the form, which finds it again, and false if nothing is kept; the path is empty
// then, unless it has all that was typed.
//
// Only a form token that we made proves that. A browser without one keeps nothing, so
// strangers cannot fill the store; and only this browser finds it again, by a cookie, so
// that a stolen token cannot plant a form in someone's office.
func (c *call) keepTyped(why keptBecause) (page string, kept bool) {
	if same, stated := c.sameOrigin(); !c.unsafe() || stated && !same || !c.secure || !c.navigation() {
		return "", false
	}
	r, values := c.route(), c.typed()
	if len(values) == 0 || r.access >= signedOut {
		return "", false
	}
	if why == keptChanged {
		for _, name := range madeFrom {
			values.Del(name) // or it would be refused again
		}
	}
	operator, made := c.author()
	if operator == "" || c.identity != nil && c.identity.Operator.ID != operator || c.Desk.Now().Sub(made).Abs() > oldestForm {
		return "", false
	}
	at := c.path
	if _, has := c.endpoint()[http.MethodGet]; !has {
		at = path.Dir(at)
	}
	page = c.url.EscapedPath()
	if at != c.path {
		page = path.Dir(page)
	}
	if r.repeatable {
		// It only reads, and its fields are those of the page that has it.
		values.Del("format")
		return page + "?" + values.Encode(), false
	}
	token, id := c.keptToken(), vault.ID()
	key, place := c.keptPlace(token, id)
	if len(values.Encode()) > mostTyped {
		return "", false
	}
	plain, err := json.Marshal(keptForm{Operator: operator, Path: c.path, Page: at, Why: why, Values: values})
	if err == nil {
		err = c.Desk.KeepForm(c.ctx(), operator, key, c.Vault.Seal(vault.KeptForms, place, plain))
	}
	if err != nil {
		c.Desk.Log.WarnContext(c.ctx(), "what was typed is not kept", "request", c.visit.RequestID, "error", err)
		return "", false
	}
	query := url.Values{keptField: {id}}
	for _, name := range r.asked {
		query[name] = values[name]
	}
	return page + "?" + query.Encode(), true
}

// formAgain returns the path of the form that was posted, where what was typed appears again
// if it is kept, or the path that was asked for.
func (c *call) formAgain(why keptBecause) (path string, kept bool) {
	if path, kept = c.keepTyped(why); path != "" {
		return path, kept
	}
	return c.returnTo(), false
}

// keptToken returns the token by which this browser finds what it typed.
func (c *call) keptToken() string {
	token := c.token(keptCookie)
	if token == "" {
		token = vault.Token()
		c.setCookie(keptCookie, token)
	}
	return token
}

// keptPlace returns the key of a kept form, and the place that opens it, which is stored
// nowhere.
func (c *call) keptPlace(token, id string) (key store.Digest, place string) {
	return store.Digest(c.Vault.MAC(vault.KeptFormKeys, "key", token, id)), string(c.Vault.MAC(vault.KeptFormKeys, "place", token, id))
}

// filling is what the forms of a page show in place of the stored values.
type filling struct {
	// path is where the form posts to.
	path   string
	values url.Values
	notice view.Notice
	// id is that of the kept form, if it is one.
	id string
}

// resume finds what was typed for the page of this request, and returns what answers it: the
// page, or, if only the step-up was missing, what would have followed the form: its preview.
// Previews change nothing.
func (c *call) resume(e endpoint, r route) func(*call) error {
	if !strings.Contains(c.url.RawQuery, keptField+"=") {
		return r.handle
	}
	id := c.query().Get(keptField)
	k, err := c.findKept(id)
	if err != nil {
		return func(*call) error { return err } // it may be there the next time
	}
	switch {
	case k == nil:
		c.lapsed = true
		return r.handle
	case k.Operator != c.identity.Operator.ID || k.Page != c.path:
		return r.handle
	}
	c.filling = &filling{path: k.Path, values: k.Values, notice: c.keptNotice(k.Why), id: id}
	next := e[http.MethodPost]
	if k.Why != keptForProof || k.Path != c.path || !next.previews || next.access == proved && !c.identity.Proved() ||
		next.permission != "" && !c.identity.Can(next.permission) {
		return r.handle
	}
	c.form = k.Values
	c.dropUnknown(next.fields)
	return next.handle
}

// findKept returns a kept form of this browser, or nil.
func (c *call) findKept(id string) (*keptForm, error) {
	token := c.token(keptCookie)
	if token == "" || c.identity == nil {
		return nil, nil
	}
	key, place := c.keptPlace(token, id)
	sealed, err := c.Desk.KeptForm(c.ctx(), key)
	if err != nil || sealed == nil {
		return nil, err
	}
	k := &keptForm{}
	plain, err := c.Vault.Open(vault.KeptForms, place, sealed)
	if err == nil {
		err = json.Unmarshal(plain, k)
	}
	if err != nil {
		c.Desk.Log.WarnContext(c.ctx(), "what was typed is not readable", "request", c.visit.RequestID, "error", err)
		return nil, nil
	}
	return k, nil
}

// forgetTyped deletes the kept form that was shown in the form that has now been handled.
func (c *call) forgetTyped() {
	id, token := c.form.Get(keptField), c.token(keptCookie)
	if id == "" || token == "" {
		return
	}
	key, _ := c.keptPlace(token, id)
	c.Desk.ForgetForm(c.ctx(), key)
}

// fill shows what was typed in the forms of a page.
func (c *call) fill(page []byte) (filled []byte, changed bool) {
	f := c.filling
	return view.Filling{Path: c.base + f.path, Values: f.values, MadeFrom: madeFrom, MarkName: keptField, Mark: f.id}.Fill(page)
}
