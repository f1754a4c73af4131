package password

// CanonicalArgon parses and writes an argon2id string, for the fuzz test.
func CanonicalArgon(encoded string) (string, error) {
	a, err := parseArgon(encoded)
	return a.String(), err
}

// ParseImported reports whether an imported hash would be accepted, without computing it.
func ParseImported(encoded string) error {
	_, err := parseImported(encoded)
	return err
}
