package mail

import (
	"errors"
	"strings"
)

const (
	maxAddress   = 254 // RFC 5321 section 4.5.3.1.3, less the angle brackets
	maxLocalPart = 64  // RFC 5321 section 4.5.3.1.1
	maxLabel     = 63  // RFC 1035 section 2.3.4
)

// ParseEmailAddress checks that s is one plain email address, such as
// "ada@example.com", and returns the spelling to store: the domain in lower
// case, the part before the "@" as typed, because only the receiving server
// interprets it. Spaces around s, which pasting adds, are dropped.
//
// It is stricter than RFC 5322, on purpose. It refuses display names, several
// addresses, quoted local parts, encoded words, comments, IP addresses as
// domains, control characters, and everything outside ASCII. An internationalised
// domain must be in its xn-- form. An internationalised local part would need
// SMTPUTF8 on every server on the way, and letters that look alike would let two
// people pass for one. The local part, labels and the whole are limited to 64,
// 63 and 254 characters.
//
// Errors say what is wrong without quoting the address.
func ParseEmailAddress(s string) (string, error) {
	s = strings.Trim(s, " ")
	if s == "" {
		return "", errors.New("no email address given")
	}
	if len(s) > maxAddress {
		return "", errors.New("email address is longer than 254 characters")
	}
	for i := range len(s) {
		switch {
		case s[i] >= 0x80:
			return "", errors.New("email address has characters outside ASCII; write an international domain in its xn-- form")
		case s[i] < 0x20 || s[i] == 0x7f:
			return "", errors.New("email address has a control character")
		}
	}
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "", errors.New("email address has no @")
	}
	local, domain := s[:at], asciiLower(s[at+1:])
	if err := checkLocalPart(local); err != nil {
		return "", err
	}
	if err := checkDomain(domain); err != nil {
		return "", err
	}
	return local + "@" + domain, nil
}

// FoldEmailAddress returns the key under which an email address is looked up and
// kept unique: without the spaces around it and with A to Z in lower case.
// Servers that distinguish "Ada@" from "ada@" are all but extinct, and people type
// both. Letters outside ASCII do not change, so that none folds to an ASCII one (as
// the Kelvin sign would to k). It does not validate: use [ParseEmailAddress].
func FoldEmailAddress(address string) string {
	return asciiLower(strings.Trim(address, " "))
}

// checkLocalPart accepts the dot-atom of RFC 5322 section 3.2.3.
func checkLocalPart(local string) error {
	switch {
	case local == "":
		return errors.New("email address has nothing before the @")
	case len(local) > maxLocalPart:
		return errors.New("email address has more than 64 characters before the @")
	case local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, ".."):
		return errors.New("email address has a misplaced dot before the @")
	case strings.Contains(local, "=?"):
		// RFC 2047 section 5 forbids encoded words in an address. Programs that
		// decode them nevertheless deliver to another address.
		return errors.New("email address has an encoded word before the @")
	}
	for i := range len(local) {
		if !isAlphanumeric(local[i]) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", rune(local[i])) {
			return errors.New("email address has a character that is not allowed before the @")
		}
	}
	return nil
}

// checkDomain accepts a host name of letters, digits and hyphens (RFC 1123
// section 2.1). One label is enough, for in-house servers.
func checkDomain(domain string) error {
	if domain == "" {
		return errors.New("email address has nothing after the @")
	}
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return errors.New("email address has a domain that cannot exist")
		}
		for i := range len(label) {
			if !isAlphanumeric(label[i]) && label[i] != '-' {
				return errors.New("email address has a character that is not allowed after the @")
			}
		}
	}
	// No top-level domain is a number (RFC 3696 section 2): this is an IP address.
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return errors.New("email address has a number for a domain")
	}
	return nil
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
