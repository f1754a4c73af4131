package settings

import (
	"strings"
	"unicode"
)

// words are what else people call a parameter: the terms of other programs, of
// standards, and of what they fear.
var words = map[string]string{
	"password.min_length":        "password policy rules complexity short long characters minimum NIST",
	"password.min_strength":      "password policy rules complexity weak zxcvbn score guess entropy common breached",
	"password.lower":             "password policy rules complexity lowercase small letters character classes",
	"password.upper":             "password policy rules complexity uppercase capital letters character classes",
	"password.digit":             "password policy rules complexity numbers numeric character classes",
	"password.symbol":            "password policy rules complexity special punctuation character classes",
	"password.max_age":           "password policy expiry expiration expire rotation rotate change every days",
	"password.history":           "password policy reuse previous old repeat remember",
	"password.temporary":         "password policy one-time initial generated hand over",
	"password.temporary_life":    "password policy one-time initial expiry expiration timeout",
	"reset.life":                 "forgot password recovery link expiry expiration timeout ttl token",
	"reset.per_account":          "forgot password rate limit throttle flood spam mail",
	"reset.gap":                  "forgot password rate limit throttle cooldown interval flood spam mail",
	"reset.per_address":          "forgot password rate limit throttle flood ip",
	"signin.failures":            "login lockout locked brute force attempts rate limit throttle failed retries",
	"signin.wait":                "login lockout locked brute force delay backoff cooldown rate limit throttle",
	"signin.disable_after":       "login lockout locked brute force max attempts disable account credential stuffing",
	"signin.codes":               "login lockout locked brute force otp totp 2fa mfa attempts rate limit throttle",
	"signin.disable_codes_after": "login lockout locked brute force otp totp 2fa mfa max attempts",
	"signin.per_address":         "login brute force rate limit throttle ip ban block fail2ban",
	"signin.names_per_address":   "login brute force rate limit throttle ip usernames accounts enumeration password spraying",
	"signin.networks":            "login ip address whitelist allowlist allow list restrict vpn firewall cidr range office block",
	"two_factor.who":             "2fa mfa otp totp authenticator enforce mandatory required second factor multi-factor two-step verification",
	"two_factor.from":            "2fa mfa otp totp deadline date grace period enforce mandatory second factor",
	"two_factor.strict":          "2fa mfa otp totp clock drift skew tolerance window second factor",
	"session.idle":               "timeout inactivity inactive automatic logout log out sign out auto lock expiry",
	"session.absolute":           "timeout lifetime maximum remember me logout log out sign out expiry duration ttl",
	"session.per_operator":       "concurrent simultaneous devices parallel logins limit maximum",
	"session.proof":              "step-up sudo mode reauthentication re-authenticate confirm password again",
	"forms.human_pace":           "bot robot automation captcha rate limit throttle speed csrf",
	"invite.life":                "invite link expiry expiration timeout ttl onboarding welcome new operator",
	"signin.paused":              "login disable downtime read-only lock freeze stop pause emergency",
	"signin.paused_text":         "login downtime message banner announcement",
	"audit.keep":                 "retention history delete purge logs GDPR privacy days",
	"audit.requests":             "access log logging reads views verbose trace",
	"office.name":                "brand title site name rename issuer logo",
	"office.contact":             "help support email address contact imprint who to ask",
	"office.accent":              "brand theme color logo design style primary appearance",
}

// Haystack is where words are looked for.
func (d Definition) Haystack() string {
	return Searchable(d.Name + " " + d.Section + " " + d.Label + " " + d.Words)
}

// Searchable returns the words of a text in lower case, between single spaces. The
// script of the pages does the same.
func Searchable(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }), " ")
}

// Matches reports whether all words of a query are in a text that [Searchable]
// returned, at the beginning of a word of it.
func Matches(query, haystack string) bool {
	for word := range strings.FieldsSeq(Searchable(query)) {
		if !strings.Contains(" "+haystack, " "+word) {
			return false
		}
	}
	return true
}
