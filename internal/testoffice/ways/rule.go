package ways

import "fmt"

// Fact is something that a right request proves. An element of a [Chain] may be several, of
// which any will do.
type Fact uint32

const (
	// Password is that of the account, on the sign-in page.
	Password Fact = 1 << iota
	// Code is a code of the authenticator app that was not used before, and RecoveryCode an
	// unused recovery code, for a sign-in.
	Code
	RecoveryCode
	// FirstCode is one of an authenticator app that is being added.
	FirstCode
	// Again is everything that a step-up asks for, in one request.
	Again
	// Link is a link from the mailbox of the account, or handed over, with whatever a new
	// password asks for besides.
	Link
	// Invited is the link of an invitation, SetUp that of the server.
	Invited
	SetUp
	// OthersPassword and OthersCode are those of somebody else, Eve, at her own account.
	OthersPassword
	OthersCode
	// Passkey is an answer of a passkey after the password, PasskeyAlone one that is the whole
	// sign-in, and NewPasskey one that makes a passkey.
	Passkey
	PasskeyAlone
	NewPasskey
)

// Gain is something that an account gives.
type Gain string

const (
	// Session is a new session, whichever browser it is in.
	Session Gain = "a session"
	// Proof is a session that counts as just confirmed.
	Proof Gain = "a step-up"
	// NewPassword, NewFactor and NewAccount are what they say; Lost is a second factor, or
	// a set of recovery codes, that is gone.
	NewPassword Gain = "a new password"
	NewFactor   Gain = "a new second factor"
	NewAccount  Gain = "an account"
	Lost        Gain = "a second factor less"
	// OthersSession is a session of Eve's.
	OthersSession Gain = "a session of Eve's"
)

// Chain are facts that have to be proven in this order, in one browser, since the last gain
// and since whatever ended the sign-in.
type Chain []Fact

// Needs are the chains of each gain. A gain that has none is never given.
type Needs map[Gain][]Chain

// progress is how far each chain has come.
type progress struct {
	needs Needs
	at    map[Gain][]int
}

func newProgress(n Needs) *progress {
	p := &progress{needs: n}
	p.reset()
	return p
}

func (p *progress) reset() {
	p.at = map[Gain][]int{}
	for gain, chains := range p.needs {
		p.at[gain] = make([]int, len(chains))
	}
}

// proven moves each chain forward that waits for the fact.
func (p *progress) proven(f Fact) {
	for gain, chains := range p.needs {
		for i, c := range chains {
			if at := p.at[gain][i]; at < len(c) && c[at]&f != 0 {
				p.at[gain][i]++
			}
		}
	}
}

// earned reports whether a chain of a gain is complete.
func (p *progress) earned(g Gain) bool {
	for i, c := range p.needs[g] {
		if p.at[g][i] == len(c) {
			return true
		}
	}
	return false
}

func (p *progress) String() string { return fmt.Sprint(p.at) }
