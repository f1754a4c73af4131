package ways

import (
	"slices"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// Way is a way into an account.
type Way struct {
	Name string
	// At are its forms.
	At []string
	// Requires and Gives are what docs/security.md says of it.
	Requires, Gives string
	// Walks are its requests, by the kind of account. A way that has none says in Unwalked why.
	Walks    []Steps
	Unwalked string
}

// Steps are the requests of a way at an account. Requests with the same name are the same.
type Steps struct {
	At       *Account
	Requests []Request
	// Opens is what the right requests give in the right order.
	Opens Gain
}

// Request is one request, with everything that comes with it.
type Request struct {
	// Name says what is sent, such as "a code that was used".
	Name string
	// Path is where it is posted; empty if it is not a form of a way.
	Path string
	// Proves is what it proves; zero if something is wrong with it.
	Proves Fact
	// Reusable reports that nothing of what it proves is for one use, such as a password.
	Reusable bool
	// Ends reports that it ends a sign-in that has begun, so that what was proven is void.
	Ends bool
	// Send sends it, and returns the answer to the form.
	Send func(w *World) browse.Page
}

// Account is a kind of account, in an office that has it.
type Account struct {
	Name string
	// Config changes the office, and Rules are parameters of it.
	Config func(*backoffice.Config)
	Rules  map[string]string
	// Empty is an office without any operator, one for each try.
	Empty bool
	// Make stores the account, for which w has a name, and what its owner knows.
	Make func(w *World)
	// Needs is what the account gives for what.
	Needs Needs
}

// All are all ways into an account.
func All() []Way {
	return slices.Concat(withPasswords, withPasskeys)
}

// withPasswords are the ways that take a password, or make one.
var withPasswords = []Way{
	{
		Name: "sign-in", At: []string{"/login", "/login/code"},
		Requires: "password **and** authenticator code, every time. Password alone only if the account has no second factor and needs none: `two_factor.who` is `roles` or `recommended`, or the day of `two_factor.from` has not come",
		Gives:    "a session",
		Walks: []Steps{
			{enrolled, join(passwords, codes, others, goBack), Session},
			{withoutFactor, join(passwords, anyTime), Session},
		},
	},
	{
		Name: "recovery code", At: []string{"/login", "/login/recovery"},
		Requires: "password **and** one of {internal/desk.RecoveryCodes} single-use codes",
		Gives:    "a session",
		Walks:    []Steps{{enrolled, join(passwords, recoveryCodes, signIns, goBack), Session}},
	},
	{
		Name: "enrolment during sign-in", At: []string{"/login", "/login/enrol"},
		Requires: "password, and a first code of the new app; only without a second factor",
		Gives:    "a session, and recovery codes",
		Walks: []Steps{
			{newcomer, join(passwords, firstCodes, codes[:1], anyTime[1:], goBack), Session},
			{enrolled, join(signIns[:1], firstCodes), ""},
		},
	},
	{
		Name: "member password", At: []string{"/login"},
		Requires: "as sign-in, with the community's password; not with SSO",
		Gives:    "a session",
		Walks: []Steps{
			{member, join(passwords, codes), Session},
			{memberUnderSSO, join(passwords, codes), ""},
		},
	},
	{
		Name: "step-up", At: []string{"/step-up"},
		Requires: "a session, password **and** code (password alone without a second factor)",
		Gives:    "sensitive changes for 5 minutes",
		Walks: []Steps{
			{signedIn, join(stepUps, signIns, anyTime[:1]), Proof},
			{signedInWithoutFactor, join(passwordsAgain, anyTime), Proof},
		},
	},
	{
		Name: "reset", At: []string{"/forgot", "/reset"},
		Requires: "control of the mailbox, **and** a code or recovery code if a second factor is enrolled",
		Gives:    "a new password, all sessions ended, no session",
		Walks: []Steps{
			{enrolled, join(resets, halfLinks, signIns), NewPassword},
			{withoutFactor, join(resets, signIns[:1]), NewPassword},
		},
	},
	{
		Name: "invitation", At: []string{"/forgot", "/welcome"},
		Requires: "control of the mailbox, or the link handed over, as long as the operator who invited may still do so; this first binds the account",
		Gives:    "a password, no session; the sign-in then asks for enrolment",
		Walks:    []Steps{{invited, join(welcomes, signIns[:1], firstCodes), NewPassword}},
	},
	{
		Name: "setup", At: []string{"/setup"},
		Requires: "the link that the server printed; only until there is an operator",
		Gives:    "the first super-administrator, no session",
		Walks:    []Steps{{nobody, setups, NewAccount}},
	},
	{
		Name: "temporary password", At: []string{"/login"},
		Requires: "an operator who may act on the account generates it and hands it over, if `password.temporary` is on (off by default); then as sign-in",
		Gives:    "a session that opens only the page to change it",
		Walks:    []Steps{{temporary, join(passwords, codes), Session}},
	},
	{
		Name: "link handed over", At: []string{"/reset"},
		Requires: "an operator who may act on the account creates it; then as reset",
		Gives:    "as reset",
		Walks:    []Steps{{handed, join(links, halfLinks), NewPassword}},
	},
	{
		Name:     "command line",
		Requires: "a shell with the database and the master secret",
		Gives:    "[all it can do](operations.md#commands); no session",
		Unwalked: "it takes no request",
	},
}

// Together are the accounts to which several ways lead, each with the requests of all.
func Together() []Steps {
	var all []Steps
	ways := map[*Account]int{}
	for _, way := range All() {
		for _, s := range way.Walks {
			if ways[s.At]++; ways[s.At] == 1 {
				all = append(all, Steps{At: s.At, Requests: s.Requests})
				continue
			}
			i := slices.IndexFunc(all, func(have Steps) bool { return have.At == s.At })
			all[i].Requests = join(all[i].Requests, s.Requests)
		}
	}
	return slices.DeleteFunc(all, func(s Steps) bool { return ways[s.At] == 1 })
}

// join puts requests together, each name once.
func join(lists ...[]Request) []Request {
	var all []Request
	seen := map[string]bool{}
	for _, list := range lists {
		for _, r := range list {
			if !seen[r.Name] {
				seen[r.Name] = true
				all = append(all, r)
			}
		}
	}
	return all
}
