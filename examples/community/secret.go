package main

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// masterSecret reads the secret that everything sealed in the database depends
// on, and makes one at the first start. It is in a file of its own, so that a
// copy of the database alone opens nothing.
func masterSecret(db string) ([]byte, error) {
	name := strings.TrimSuffix(db, filepath.Ext(db)) + ".key"
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return newSecret(name, db)
	}
	if err != nil {
		return nil, fmt.Errorf("read master secret: %w", err)
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("read master secret: %w", err)
	}
	// Windows has no such permissions to look at.
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("read master secret: others may read %s; run: chmod 600 %s", name, name)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != 32 {
		// The decoder's error quotes what it read.
		return nil, fmt.Errorf("read master secret: %s does not hold 64 hexadecimal digits", name)
	}
	return secret, nil
}

func newSecret(name, db string) ([]byte, error) {
	if info, err := os.Stat(db); err == nil && info.Size() > 0 {
		return nil, fmt.Errorf("%s is missing, and %s was made with it: bring it back, or begin anew with another -db", name, db)
	}
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keep master secret: %w", err)
	}
	_, err = file.WriteString(hex.EncodeToString(secret) + "\n")
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, fmt.Errorf("keep master secret: %w", errors.Join(err, os.Remove(name)))
	}
	return secret, nil
}

// communityKey is a key for the community alone, made from the master secret.
func communityKey(secret []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, nil, "community", 32)
}
