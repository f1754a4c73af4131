package pages

import (
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// A host's handler may pass on the answer of another server, as httputil.ReverseProxy
// does, which adds the headers of that answer to ours. Two values of one header are what
// nobody meant: browsers enforce both policies, take the last Referrer-Policy, or ignore
// both opener policies. So each header has one owner, whoever wrote it and how:
//
//   - what keeps an answer private, and others away from it, is the office's
//   - what holds for the whole origin is the office's, or nobody's
//   - the Content-Security-Policy is the host's, if it has one; to it, the office adds
//     policyFloor
//   - everything else is the host's
//
// When the office answers in place of the host, as [Scope.Fail] has it do, its page names the
// operator and has forms: all of the above is the office's then.

// policyFloor is the Content-Security-Policy beside one of the host's. Browsers enforce
// both, so it says only what must hold on every page: nobody frames it, and no form or
// relative link of it, with its form token, is led elsewhere.
const policyFloor = "frame-ancestors 'none'; form-action 'self'; base-uri 'self'; object-src 'none'"

// headerOwner says whose a header of the host's answers is.
type headerOwner int

const (
	byHost   headerOwner = iota
	byOffice             // as in eachHeader, unless the host keeps its own
	byNobody
	byFront // as in frontHeaders
)

// frontHeaders are set by what is in front of the office, such as the server itself, before
// the host is asked. The last one is the host's all the same, until the office answers in its
// place: see [call.takeOver].
var frontHeaders = [...]string{"Alt-Svc", "Server", "X-Powered-By", "Accept-Ch", "Content-Encoding"}

// ownerOf returns whose a header is, by its canonical name.
func ownerOf(name string) headerOwner {
	switch name {
	case "Cache-Control", "X-Content-Type-Options", "Referrer-Policy", "X-Robots-Tag", "X-Frame-Options", "Cross-Origin-Opener-Policy",
		"Cross-Origin-Resource-Policy", "Permissions-Policy", "Strict-Transport-Security", "Content-Security-Policy", "Reporting-Endpoints":
		return byOffice
	case "Expires", "Pragma", "Surrogate-Control", "X-Accel-Expires", "Edge-Control", "X-Litespeed-Cache":
		return byNobody // They speak of caches, and some of those ask them first.
	case "Clear-Site-Data", "Service-Worker-Allowed", "Timing-Allow-Origin", "Supports-Loading-Mode", "Origin-Agent-Cluster", "Feature-Policy",
		"Nel", "Report-To", "Set-Login", "Expect-Ct", "Public-Key-Pins", "Use-As-Dictionary", "Sec-Session-Registration", "Secure-Session-Registration":
		return byNobody
	}
	switch {
	case name == "Content-Encoding":
		return byHost
	case slices.Contains(frontHeaders[:], name):
		return byFront
	case strings.HasPrefix(name, "Access-Control-"), strings.HasSuffix(name, "-Report-Only"), strings.HasSuffix(name, "-Cache-Control"):
		return byNobody
	}
	return byHost
}

// KeepHeaders leaves headers of this answer to the host's handler, if it sets them.
// Others than these are never left to it.
func (s Scope) KeepHeaders(names ...string) {
	kept := slices.Clone(s.c.answer.keeps())
	for _, name := range names {
		switch name = textproto.CanonicalMIMEHeaderKey(name); name {
		case "Cache-Control":
			kept = append(kept, name, "Expires", "Pragma")
		case policyHeader:
			kept = append(kept, name, policyHeader+"-Report-Only")
		case "X-Frame-Options", "Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy":
			kept = append(kept, name)
		}
	}
	s.c.answer.kept.Swap(&kept)
}

// keeps are the headers that the host keeps as its own.
func (a *answer) keeps() []string {
	if kept := a.kept.Load(); kept != nil && !a.refused.Load() {
		return *kept
	}
	return nil
}

// noteFront notes the headers that may be of what is in front of the office, before the host
// adds its own.
func (c *call) noteFront(h http.Header) {
	for _, name := range &frontHeaders {
		if values := h[name]; values != nil {
			if c.front == nil {
				c.front = http.Header{}
			}
			c.front[name] = values
		}
	}
}

// settleHeaders makes the headers of an answer what may be sent. What CORS has opened
// around the gate is not for the office.
func (c *call) settleHeaders(h http.Header) {
	kept, refused := c.answer.keeps(), c.answer.refused.Load()
	for name, values := range h {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		opened := strings.HasPrefix(canonical, "Access-Control-") || canonical == "Timing-Allow-Origin"
		if opened {
			delete(h, name)
		}
		if !c.hosted || opened {
			continue
		}
		owner := ownerOf(canonical)
		switch {
		case canonical == "Set-Cookie":
			h[name] = slices.DeleteFunc(slices.Clone(values), setsOurs)
		case owner == byFront && c.front[name] != nil:
			h[name] = c.front[name]
		case owner == byNobody && slices.Contains(kept, canonical):
		case owner == byFront, owner == byNobody, owner == byOffice && (refused || canonical != name), refused && ofAnotherBody(canonical):
			delete(h, name)
		}
	}
	if c.hosted {
		c.eachHeader(func(name, value string) { c.settleOurs(h, name, value, slices.Contains(kept, name)) })
	}
}

// ofAnotherBody reports whether a header says something of a body that a refusal does not have.
func ofAnotherBody(name string) bool {
	return name == "Content-Disposition" || name == "Etag" || name == "Last-Modified"
}

// settleOurs settles one header of ours, which the host may have kept; the value is empty
// if this answer has none.
func (c *call) settleOurs(h http.Header, name, value string, kept bool) {
	values := h[name]
	if len(values) == 1 && values[0] == value {
		return // Nearly always.
	}
	var theirs []string
	for _, v := range values {
		if v == value || strings.TrimSpace(v) == "" || !kept && name != policyHeader {
			continue
		}
		if !kept {
			v = c.withoutReports(v)
		}
		theirs = append(theirs, v)
	}
	switch {
	case len(theirs) > 0 && name == policyHeader && !kept:
		h[name] = []string{strings.Join(append(theirs, policyFloor), ", ")} // two policies in one header
	case len(theirs) > 0:
		h[name] = theirs
	case value == "":
		delete(h, name)
	default:
		h[name] = []string{value}
	}
}

// withoutReports removes from a policy of the host, or several with commas between them,
// that browsers report what it blocks: reports have the address of the page, and so the
// alias. Those to the office stay.
func (c *call) withoutReports(policy string) string {
	policies := strings.Split(policy, ",")
	for i, one := range policies {
		directives := slices.DeleteFunc(strings.FieldsFunc(one, func(r rune) bool { return r == ';' }), func(d string) bool {
			words := strings.Fields(d)
			if len(words) == 0 {
				return false
			}
			switch strings.ToLower(words[0]) {
			case "report-uri":
				return !c.Reports || len(words) != 2 || words[1] != c.base+reportPath
			case "report-to":
				return !c.Reports || len(words) != 2 || words[1] != "office"
			}
			return false
		})
		policies[i] = strings.Join(directives, ";")
	}
	return strings.Join(policies, ",")
}

// setsOurs reports whether a Set-Cookie line would set, or delete, a cookie of the office:
// also one without a name, which browsers send back as it is.
func setsOurs(line string) bool {
	pair, _, _ := strings.Cut(line, ";")
	name, _ := splitCookie(strings.TrimLeft(pair, "= \t"))
	return isOffices(name)
}
