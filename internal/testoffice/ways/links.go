package ways

import (
	"net/http"
	"strings"

	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// ask asks for a link, and reads it from the mailbox of the account.
func ask(w *World) browse.Page {
	answer := w.Fill("/forgot", "email", w.Email)
	_, err := w.DeliverMail(ctx)
	if err != nil {
		w.T.Fatal(err)
	}
	defer w.mail.Clear()
	for _, page := range []string{"reset", "welcome"} {
		for _, m := range w.mail.To(w.Email) {
			if _, rest, found := strings.Cut(m.Text, w.HomeURL()+page+"#"); found {
				w.Links["/"+page] = strings.Fields(rest)[0]
			}
		}
	}
	return answer
}

// use posts a form with a link, and a new password.
func use(path string, link, code func(*World) string) func(*World) browse.Page {
	return func(w *World) browse.Page {
		token := link(w)
		if token == "" {
			w.Void()
			token = "x"
		}
		w.Typed = map[bool]string{true: testoffice.Better, false: testoffice.Good}[w.Password == testoffice.Good]
		answer := w.Fill(path, "token", token, "password", w.Typed, "password_again", w.Typed, "code", code(w), "email", w.Email, "name", w.Name)
		if answer.Status == http.StatusSeeOther && token == w.Links[path] {
			w.Links[path], w.Used[path] = "", token
		}
		return answer
	}
}

// of is the link to a page that the owner of the mailbox has.
func of(page string) func(*World) string { return func(w *World) string { return w.Links[page] } }

func usedLink(page string) func(*World) string { return func(w *World) string { return w.Used[page] } }

func anyCode(w *World) string {
	if w.Secret.IsZero() {
		return ""
	}
	return fresh(w)
}

// links are those that someone has, to a new password.
var links = []Request{
	right("the link, with a code", "/reset", Link, use("/reset", of("/reset"), anyCode)),
	wrong("the link that was used, with a code", "/reset", use("/reset", usedLink("/reset"), anyCode)),
	wrong("the link of an invitation, with a code", "/reset", use("/reset", of("/welcome"), anyCode)),
	wrong("a link that never was", "/reset", use("/reset", func(*World) string { return strings.Repeat("A", 43) }, anyCode)),
}

// resets begin with a link that is asked for.
var resets = join([]Request{{Name: "ask for a link", Path: "/forgot", Send: ask}}, links)

// halfLinks are links that lack the second factor.
var halfLinks = []Request{
	wrong("the link, without a code", "/reset", use("/reset", of("/reset"), nothing)),
	wrong("the link, with a wrong code", "/reset", use("/reset", of("/reset"), aCode)),
	wrong("the link, with the code that was used", "/reset", use("/reset", of("/reset"), usedCode)),
}

// welcomes accept an invitation.
var welcomes = []Request{
	{Name: "ask for a link", Path: "/forgot", Send: ask},
	right("the invitation", "/welcome", Invited, use("/welcome", of("/welcome"), nothing)),
	wrong("the invitation that was used", "/welcome", use("/welcome", usedLink("/welcome"), nothing)),
	wrong("the invitation, as a link to a new password", "/reset", use("/reset", of("/welcome"), nothing)),
	wrong("an invitation that never was", "/welcome", use("/welcome", func(*World) string { return strings.Repeat("A", 43) }, nothing)),
}

// setups make the first operator.
var setups = []Request{
	right("the link of the server", "/setup", SetUp, use("/setup", of("/setup"), nothing)),
	wrong("the link of the server that was used", "/setup", use("/setup", usedLink("/setup"), nothing)),
	wrong("a link that the server never printed", "/setup", use("/setup", func(*World) string { return strings.Repeat("A", 43) }, nothing)),
	wrong("no link", "/setup", use("/setup", nothing, nothing)),
}
