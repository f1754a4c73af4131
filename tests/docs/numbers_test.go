package docs_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fixed are the numbers that no parameter changes. The constants of the files
// in all must be listed here.
var fixed = []struct{ dir, name, text string }{
	{"internal/desk", "longestWait", "longest wait after failures in a row"},
	{"store", "DefaultKeep", "after an operator's last failure, until the failures in a row are forgotten"},
	{"internal/desk", "keepNames", "the same for failures under a name, whether or not it exists"},
	{"internal/desk", "limitWindow", "in which an IP address may fail as often as the parameters say; each failure is forgotten in its turn"},
	{"internal/desk", "namePasswords", "passwords under one name, of all strangers together, that pass at once"},
	{"internal/desk", "nameEvery", "until one more passes, and then the next"},
	{"internal/desk", "manyFailures", "wrong passwords in a row, from which on the operator is told, once a day"},
	{"internal/desk", "fewBegun", "sign-ins of an operator that can wait for the second factor; more in a day than this, unfinished, are reported to them"},
	{"internal/desk", "ticketLife", "for which a sign-in waits for others that are being checked, at most"},
	{"internal/desk", "mostWaiting", "sign-ins that wait so in one process, at most"},
	{"internal/desk", "linksPerIP", "wrong links are accepted from one IP address in that time: setup, reset and invitation together"},
	{"internal/desk", "mailsPerHour", "invitations, grants, links, email address changes and messages by one operator in an hour, at most"},
	{"internal/desk", "approvalsPerHour", "requests by one operator for the approval of a second one in an hour, at most; each sends emails"},
	{"internal/desk", "ApprovalsOpen", "requests of one operator that can wait at a time"},
	{"internal/desk", "ApprovalLife", "a request waits for a second operator"},
	{"internal/desk", "postsPerLink", "refused forms with one reset link or invitation, after which it is revoked"},
	{"internal/desk", "listsPerOperator", "lists and searches by one operator in a minute, at most, at each process; as many more by their scripts"},
	{"internal/desk", "soonestForm", "from a page to its form, at least, if `forms.human_pace` is on"},
	{"internal/desk", "formsPerSession", "forms of one session in 10 seconds, at most, if it is"},
	{"internal/desk", "entriesPerNetwork", "audit entries of one event that one network can cause in that time; more are only counted"},
	{"internal/desk", "entriesPerEvent", "the same, from all networks together, at once"},
	{"internal/desk", "entryEvery", "until one more passes"},
	{"internal/loglimit", "Most", "log lines of one message in that time, and as many more of operators with a session"},
	{"internal/desk", "wrongCodesTold", "wrong codes in a row after a correct password, reported to the operator"},
	{"internal/desk", "longUnused", "without a sign-in, after which the next one is reported to the operator"},
	{"internal/desk", "workTime", "to finish a counted attempt after the browser hung up"},
	{"internal/desk", "preSessionLife", "from password to second factor, at most"},
	{"internal/desk", "enrolmentLife", "to confirm a QR code"},
	{"internal/desk", "setupLife", "life of a setup link"},
	{"internal/desk", "ConfirmWithin", "to confirm a new office address there, before it is rolled back"},
	{"internal/desk", "touchEvery", "precision of a session's last use"},
	{"internal/desk", "RecoveryCodes", "recovery codes in a set"},
	{"internal/desk", "recoveryLength", "base32 characters in each of them: 79 bits, as L is not used"},
	{"internal/desk", "maxName", "characters in a name, at most"},
	{"internal/desk", "beatEvery", "between two checks of the parameters by `Run`"},
	{"internal/desk", "purgeEvery", "between two purges by `Run`"},
	{"internal/desk", "remindInvited", "before an unused invitation expires, when its email of a reminder is sent"},
	{"internal/desk", "remindTwoFactor", "before the day of `two_factor.from`, when operators without an app are reminded"},
	{"internal/desk", "keepMails", "for which finished emails are kept, without their text"},
	{"internal/desk", "keepTokens", "for which used and expired links are kept, as digests"},
	{"internal/desk", "senders", "emails sent at once by one process"},
	{"internal/desk", "sendersOfAKind", "of them urgent, at most, and as many notices"},
	{"internal/desk", "urgentPerDomain", "urgent emails on their way to one domain at once, at most"},
	{"internal/desk", "noticesPerDomain", "notices on their way to one domain at once, at most"},
	{"internal/desk", "sendTime", "for one delivery, at most"},
	{"internal/desk", "claimTime", "until another replica takes over an email from one that died"},
	{"internal/desk", "renewEvery", "between two renewals of the claim on an email while it is being sent"},
	{"internal/desk", "stopTime", "for which `Run` waits, at most, for emails on their way when it is to end"},
	{"internal/desk", "overdue", "without an email sent, until waiting ones are reported as delayed"},
	{"internal/pages", "maxForm", "bytes in one of the office's forms, at most"},
	{"internal/pages", "maxFields", "different fields in it, at most"},
	{"internal/pages", "maxHostBody", "bytes in a body posted to your pages, at most"},
	{"internal/pages", "maxNext", "bytes in the return path after sign-in, at most"},
	{"backoffice", "maxValues", "bytes in one name's values of the session store, encoded, at most"},
	{"internal/vault", "SecretSize", "bytes in a master secret"},
	{"password", "MaxLength", "characters in a password, at most"},
	{"password", "MaxBytes", "bytes in a password, at most"},
	{"mail", "defaultTimeout", "for each answer of the mail server until it has the message; three times as long for all of them"},
	{"mail", "defaultPatience", "for its answer to the complete message"},
	{"mail", "grace", "for that answer after the process was told to end"},
}

// all are the files in which every number is fixed.
var all = map[string][]string{"internal/desk": {"throttle.go", "state.go"}}

func TestEveryFixedNumberIsDocumented(t *testing.T) {
	for dir, names := range all {
		files := parse(t, dir)
		for _, name := range names {
			require.Contains(t, files, name)
			for _, c := range constants(files[name]) {
				if c.value == nil {
					continue // text
				}
				require.True(t, slices.ContainsFunc(fixed, func(f struct{ dir, name, text string }) bool {
					return f.dir == dir && f.name == c.name
				}), "%s/%s: %s is not documented", dir, name, c.name)
			}
		}
	}
}

func numbers(t *testing.T) string {
	t.Helper()
	var rows [][]string
	for _, f := range fixed {
		var found *constant
		for _, file := range parse(t, f.dir) {
			for _, c := range constants(file) {
				if c.name == f.name {
					found = &c
				}
			}
		}
		require.NotNil(t, found, "%s.%s is gone", f.dir, f.name)
		require.NotNil(t, found.value, "%s.%s is not a number that can be read", f.dir, f.name)
		rows = append(rows, []string{found.value.String(), f.text})
	}
	return table([]string{"number", "meaning"}, rows)
}

type constant struct {
	name  string
	value *quantity
}

// quantity is a number, perhaps of nanoseconds.
type quantity struct {
	n    int64
	time bool
}

func (q quantity) String() string {
	if q.time {
		return people(time.Duration(q.n))
	}
	return strconv.FormatInt(q.n, 10)
}

func constants(file *ast.File) (found []constant) {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			vs := spec.(*ast.ValueSpec)
			for i, name := range vs.Names {
				if i < len(vs.Values) {
					found = append(found, constant{name.Name, evaluate(vs.Values[i])})
				}
			}
		}
	}
	return found
}

var units = map[string]time.Duration{"Second": time.Second, "Minute": time.Minute, "Hour": time.Hour, "Millisecond": time.Millisecond}

// evaluate computes the little arithmetic that constants of ours hold; nil for
// anything else.
func evaluate(e ast.Expr) *quantity {
	switch e := e.(type) {
	case *ast.BasicLit:
		n, err := strconv.ParseInt(e.Value, 0, 64)
		if err == nil {
			return &quantity{n: n}
		}
	case *ast.SelectorExpr:
		if from, ok := e.X.(*ast.Ident); ok && from.Name == "time" && units[e.Sel.Name] != 0 {
			return &quantity{int64(units[e.Sel.Name]), true}
		}
	case *ast.BinaryExpr:
		x, y := evaluate(e.X), evaluate(e.Y)
		if x == nil || y == nil {
			return nil
		}
		switch e.Op {
		case token.MUL:
			return &quantity{x.n * y.n, x.time || y.time}
		case token.SHL:
			return &quantity{x.n << y.n, false}
		}
	}
	return nil
}
