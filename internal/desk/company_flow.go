package desk

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

const (
	// CompanyFlowLife is the time from the way to the identity provider to the end of the
	// sign-in.
	CompanyFlowLife = 10 * time.Minute
	// mostFlows is how many flows a browser can have under way at once, in several tabs. One
	// more ends the oldest.
	mostFlows = 4
	// maxFlows is the most bytes of the cookie's value, so that it fits into 4096 with its name.
	maxFlows = 3800
	// maxFlowNext is the longest return path that a flow keeps, and maxCode the longest
	// authorization code.
	maxFlowNext = 512
	maxCode     = 2048
)

// CompanyPurpose is what a way to the provider is for.
type CompanyPurpose string

const (
	CompanySignIn     CompanyPurpose = "sign-in"
	CompanyInvitation CompanyPurpose = "invitation"
	CompanyLink       CompanyPurpose = "link"
	CompanyStepUp     CompanyPurpose = "step-up"
)

// companyFlow is one way to the provider and back. Only the browser that began it has it,
// sealed, in a cookie.
type companyFlow struct {
	// Seed is random. State, nonce, verifier and the name of the flow are derived from it.
	Seed    string         `json:"s"`
	Purpose CompanyPurpose `json:"p"`
	Next    string         `json:"n,omitempty"`
	// Began is in microseconds since 1970.
	Began int64 `json:"b"`
	// Home stands for the alias at which it began, Office is the id of the office, which
	// others with the same Secret do not have, and Agent stands for the browser.
	Home   string `json:"h"`
	Office string `json:"f"`
	Agent  string `json:"a"`
	// Session and Operator are those of a link or a step-up.
	Session  string `json:"i,omitempty"`
	Operator string `json:"o,omitempty"`
	// Invitation is the token of the invitation that is accepted.
	Invitation string `json:"t,omitempty"`
	// Answer is what the browser brought back.
	Answer *flowAnswer `json:"r,omitempty"`
	// Proof is a step-up at the provider that still needs a code.
	Proof *flowProof `json:"c,omitempty"`
}

type flowAnswer struct {
	Code   string `json:"c,omitempty"`
	Issuer string `json:"i,omitempty"`
	Error  string `json:"e,omitempty"`
}

// flowProof says which account was signed in to, in which session there.
type flowProof struct {
	Subject string `json:"s"`
	Session string `json:"i"`
}

// derive returns one of the values of a flow. None tells another, or the seed.
func (f *companyFlow) derive(what string) string {
	sum := sha256.Sum256([]byte("company " + what + "\x00" + f.Seed))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// name is the part of a flow that pages may show.
func (f *companyFlow) name() string { return f.derive("name")[:16] }

func (f *companyFlow) began() time.Time { return time.UnixMicro(f.Began).UTC() }

// spendFlow is the write that makes the answer to a flow count once.
func (d *Desk) spendFlow(f *companyFlow) store.Write {
	return d.once(store.DigestOf("company "+f.derive("state")), vault.ID(), f.began().Add(CompanyFlowLife))
}

// flowAgent stands for the browser of a visit.
func flowAgent(v Visit) string { return digestOf("agent", OneLine(v.UserAgent, 512))[:16] }

// openFlows returns the live flows of a cookie's value, the newest first. Those of another
// browser, of an earlier alias or from the future are none.
func (d *Desk) openFlows(v Visit, cookie string) []*companyFlow {
	if cookie == "" || len(cookie) > maxFlows || d.Company == nil {
		return nil
	}
	var flows []*companyFlow
	now, home, agent := d.Now(), homeTag(d.Alias()), flowAgent(v)
	for part := range strings.SplitSeq(cookie, ".") {
		if len(flows) == mostFlows {
			break
		}
		sealed, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			continue
		}
		plain, err := d.Vault.Open(vault.CompanyFlows, "", sealed)
		if err != nil {
			continue
		}
		f := &companyFlow{}
		if json.Unmarshal(plain, f) != nil || f.Home != home || f.Office != d.officeID() || f.Agent != agent ||
			ahead(f.began(), now) || now.Sub(f.began()) >= CompanyFlowLife {
			continue
		}
		flows = append(flows, f)
	}
	return flows
}

// sealFlows returns the cookie's value for flows, the newest first. The oldest are left out if
// they do not fit; if the first does not, the value is empty.
func (d *Desk) sealFlows(flows []*companyFlow) string {
	var parts []string
	size := -1
	for _, f := range flows[:min(len(flows), mostFlows)] {
		plain, err := json.Marshal(f)
		if err != nil {
			return "" // a struct of strings does not fail
		}
		part := base64.RawURLEncoding.EncodeToString(d.Vault.Seal(vault.CompanyFlows, "", plain))
		if size += 1 + len(part); size > maxFlows {
			break
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ".")
}

// flowOf returns the flow with a name, and the others.
func (d *Desk) flowOf(v Visit, cookie, name string) (found *companyFlow, rest []*companyFlow) {
	flows := d.openFlows(v, cookie)
	for i, f := range flows {
		if subtle.ConstantTimeCompare([]byte(f.name()), []byte(name)) == 1 {
			return f, slices.Delete(flows, i, i+1)
		}
	}
	return nil, flows
}

// CompanyReturned is where a browser goes on that came back from the provider: a path inside
// the office, with a new value of the cookie.
type CompanyReturned struct{ Path, Cookie string }

// ReturnCompany takes what a browser brought back from the provider. It is false unless this
// browser has a flow with that state: then nobody here has sent it there. It reads neither the
// store nor the network, and trusts nothing of the answer, which [Desk.FinishCompany] checks.
func (d *Desk) ReturnCompany(v Visit, cookie string, query url.Values) (CompanyReturned, bool) {
	state := query["state"]
	if cookie == "" || len(state) != 1 || len(state[0]) != 43 {
		return CompanyReturned{}, false
	}
	flows := d.openFlows(v, cookie)
	i := slices.IndexFunc(flows, func(f *companyFlow) bool {
		return subtle.ConstantTimeCompare([]byte(f.derive("state")), []byte(state[0])) == 1
	})
	if i < 0 {
		return CompanyReturned{}, false
	}
	f := flows[i]
	if f.Answer == nil && f.Proof == nil { // the first answer counts
		f.Answer = readReturn(query)
	}
	// In front, so that it is the last one to be left out.
	flows = append([]*companyFlow{f}, slices.Delete(flows, i, i+1)...)
	return CompanyReturned{Path: "/login/company?flow=" + f.name(), Cookie: d.sealFlows(flows)}, true
}

// readReturn reads an answer of the provider. No parameter may come twice (RFC 6749 section
// 3.1).
func readReturn(query url.Values) *flowAnswer {
	one := func(name string, most int) (string, bool) {
		all := query[name]
		if len(all) == 0 {
			return "", true
		}
		return all[0], len(all) == 1 && len(all[0]) <= most
	}
	code, codeOK := one("code", maxCode)
	issuer, issuerOK := one("iss", 512)
	failed, failedOK := one("error", 64)
	a := &flowAnswer{Code: code, Issuer: issuer, Error: failed}
	if strings.Trim(failed, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		failedOK = false // no such error is registered
	}
	if !codeOK || !issuerOK || !failedOK || (code == "") == (failed == "") {
		a = &flowAnswer{Error: "malformed"}
	}
	return a
}
