package desk

// ReadCode is readCode.
var ReadCode = readCode

// SubjectOf is the key of an account at the identity provider, for tests.
func SubjectOf(issuer, subject string) string { return subjectOf(issuer, subject) }
