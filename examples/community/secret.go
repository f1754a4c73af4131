package main

import (
	"crypto/hkdf"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"

	"github.com/postern-go/postern/backoffice"
)

// secretFile is where the office keeps the master secret: apart from the database, so
// that a copy of that alone opens nothing.
func secretFile(db string) string { return strings.TrimSuffix(db, filepath.Ext(db)) + ".key" }

// communityKey is a key for the community alone, made from the master secret.
func communityKey(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	current, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n") // older ones follow
	secret, err := backoffice.ParseSecret(current)
	if err != nil {
		return nil, err
	}
	return hkdf.Key(sha256.New, secret, nil, "community", 32)
}
