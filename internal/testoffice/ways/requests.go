package ways

import (
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/totp"
)

// right, wrong and other make requests.
func right(name, path string, proves Fact, send func(*World) browse.Page) Request {
	return Request{Name: name, Path: path, Proves: proves, Send: send}
}

func wrong(name, path string, send func(*World) browse.Page) Request {
	return Request{Name: name, Path: path, Send: send}
}

// anyTime are requests of no way, between those of all.
var anyTime = []Request{
	{Name: "sign out", Send: func(w *World) browse.Page { return w.Fill("/logout") }},
	{Name: "wait for 40 minutes", Ends: true, Send: func(w *World) browse.Page {
		w.Clock.Add(40 * time.Minute)
		return w.Get("/login")
	}},
}

// goBack brings the cookies back that the browser had before its last sign-in ended.
var goBack = []Request{{Name: "bring old cookies back", Send: func(w *World) browse.Page {
	w.SetCookie(browse.SessionCookie, "")
	w.SetCookie(browse.PreCookie, w.begun)
	return w.Get("/login")
}}}

func login(login, password func(*World) string) func(*World) browse.Page {
	return func(w *World) browse.Page {
		answer := w.Fill("/login", "login", login(w), "password", password(w), "next", "/account")
		if answer.Location == "/login/code" || answer.Location == "/login/enrol" {
			w.begun = w.Cookie(browse.PreCookie)
		}
		return answer
	}
}

// Void says that a request that is right otherwise proves nothing, because it lacks what the
// try does not have.
func (w *World) Void() { w.void = true }

func own(w *World) string      { return w.Name }
func eves(w *World) string     { return w.eve.Name }
func inForce(w *World) string  { return w.Password }
func theWrong(*World) string   { return testoffice.Wrong }
func nothing(*World) string    { return "" }
func aCode(*World) string      { return "000000" }
func fresh(w *World) string    { return w.code("code") }
func eveCode(w *World) string  { return w.Fresh(w.eve.Secret) }
func usedCode(w *World) string { return w.Used["code"] }

// code is a fresh code, which is remembered if it is accepted.
func (w *World) code(as string) string {
	if w.Secret.IsZero() {
		w.Void()
		return "000000"
	}
	return w.Tried(as, w.Fresh(w.Secret))
}

// passwords are those of the account, and of nobody.
var passwords = []Request{
	{Name: "the password", Path: "/login", Proves: Password, Reusable: true, Send: login(own, inForce)},
	wrong("a wrong password", "/login", login(own, theWrong)),
	wrong("no password", "/login", login(own, nothing)),
}

// others are right at the account of somebody else.
var others = []Request{
	{Name: "Eve's password at her account", Path: "/login", Proves: OthersPassword, Reusable: true, Send: login(eves, inForce)},
	right("Eve's code", "/login/code", OthersCode, field("/login/code", "code", eveCode)),
}

// field posts a form with one field.
func field(path, name string, value func(*World) string) func(*World) browse.Page {
	return func(w *World) browse.Page { return w.Fill(path, name, value(w)) }
}

// codes are those of authenticator apps.
var codes = []Request{
	right("a code", "/login/code", Code, field("/login/code", "code", fresh)),
	wrong("a wrong code", "/login/code", field("/login/code", "code", aCode)),
	wrong("no code", "/login/code", field("/login/code", "code", nothing)),
	wrong("the code that was used", "/login/code", field("/login/code", "code", usedCode)),
}

// signIns are what it takes to sign in with two factors.
var signIns = []Request{passwords[0], codes[0]}

// recoveryCodes are each used once.
var recoveryCodes = []Request{
	right("a recovery code", "/login/recovery", RecoveryCode, func(w *World) browse.Page {
		return w.Fill("/login/recovery", "code", w.Tried("recovery", w.recoveryCode()))
	}),
	wrong("a wrong recovery code", "/login/recovery", field("/login/recovery", "code", func(*World) string { return "ABCD-EFGH-IJKL-MNOP" })),
	wrong("the recovery code that was used", "/login/recovery", field("/login/recovery", "code", func(w *World) string { return w.Used["recovery"] })),
}

// recoveryCode is one that was not accepted yet.
func (w *World) recoveryCode() string {
	if len(w.Codes) > 0 && w.Codes[0] == w.Used["recovery"] {
		w.Codes = w.Codes[1:]
	}
	return w.Codes[0]
}

// enrol posts what the page of an enrolment asks for.
func enrol(code func(w *World, s totp.Secret) string) func(*World) browse.Page {
	return func(w *World) browse.Page {
		shown := w.Get("/login/enrol")
		if shown.Status != http.StatusOK {
			w.Void()
			return w.Fill("/login/enrol", "enrolment", w.Used["enrolment"], "code", "000000")
		}
		fields := shown.Form("/login/enrol")
		fields.Set("code", code(w, shown.Secret()))
		w.Used["enrolment"] = fields.Get("enrolment")
		answer := w.post("/login/enrol", fields)
		if answer.Status == http.StatusOK { // recovery codes
			w.Secret = shown.Secret()
		}
		return answer
	}
}

// firstCodes are those of an app that is being added.
var firstCodes = []Request{
	right("a first code", "/login/enrol", FirstCode, enrol(func(w *World, s totp.Secret) string { return w.Fresh(s) })),
	wrong("a wrong first code", "/login/enrol", enrol(func(*World, totp.Secret) string { return "000000" })),
	wrong("a code of an app that is not there", "/login/enrol", enrol(func(w *World, _ totp.Secret) string { return w.Code(w.eve.Secret) })),
}

func stepUp(password, code func(*World) string) func(*World) browse.Page {
	return func(w *World) browse.Page {
		return w.Fill("/step-up", "password", password(w), "code", code(w), "next", "/account")
	}
}

// stepUps prove again who is signed in.
var stepUps = []Request{
	right("password and code", "/step-up", Again, stepUp(inForce, fresh)),
	wrong("a wrong password, and a code", "/step-up", stepUp(theWrong, fresh)),
	wrong("the password, and a wrong code", "/step-up", stepUp(inForce, aCode)),
	wrong("the password, and the code that was used", "/step-up", stepUp(inForce, usedCode)),
	wrong("nothing", "/step-up", stepUp(nothing, nothing)),
}

// passwordsAgain prove it without a second factor.
var passwordsAgain = []Request{
	{Name: "the password again", Path: "/step-up", Proves: Again, Reusable: true, Send: stepUp(inForce, nothing)},
	wrong("a wrong password again", "/step-up", stepUp(theWrong, nothing)),
	wrong("nothing", "/step-up", stepUp(nothing, nothing)),
}
