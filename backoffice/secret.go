package backoffice

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// ParseSecret decodes a master secret for [Config.Secret] or [Config.OldSecrets]
// from 64 hexadecimal digits, as "openssl rand -hex 32" prints them. Space around
// them is ignored. The error does not quote the text.
//
//	secret, err := backoffice.ParseSecret(os.Getenv("OFFICE_SECRET"))
func ParseSecret(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, errors.New("the master secret is empty; make one with: openssl rand -hex 32")
	}
	if len(text) != hex.EncodedLen(vault.SecretSize) {
		return nil, fmt.Errorf("the master secret has %d characters; it must have 64 hexadecimal digits, as openssl rand -hex 32 prints them", len(text))
	}
	secret, err := hex.DecodeString(text)
	if err != nil {
		// The decoder's error quotes what it read.
		return nil, errors.New("the master secret has characters that are not hexadecimal digits")
	}
	return secret, nil
}

// SecretFor returns the Secret of one of several offices, made from a secret that all of them
// share and a name that never changes, such as the id of the tenant:
//
//	cfg.Secret = backoffice.SecretFor(secret, tenant.ID)
//
// No office can open or sign anything of another, even if someone moves rows or cookies
// between them. Whoever has the result cannot find out the shared secret. To replace that, put
// SecretFor of the earlier one into [Config.OldSecrets]. What is not a master secret is
// returned as it is, so that New says what is wrong with it.
func SecretFor(secret []byte, office string) []byte {
	if vault.CheckSecret(secret) != nil {
		return secret
	}
	return vault.SecretFor(secret, office)
}

// secrets returns the master secrets, the current one first. It returns none if
// SecretFile does not exist.
func (c *Config) secrets() ([][]byte, error) {
	var errs []error
	bad := func(field string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("Config.%s: %w", field, err))
		}
	}
	for i, old := range c.OldSecrets {
		bad(fmt.Sprintf("OldSecrets[%d]", i), vault.CheckSecret(old))
	}
	if c.SecretFile == "" {
		if len(c.Secret) == 0 {
			bad("Secret", errors.New(`is required; or set SecretFile: "office.key", which New creates`))
		} else {
			bad("Secret", vault.CheckSecret(c.Secret))
		}
		return append([][]byte{c.Secret}, c.OldSecrets...), errors.Join(errs...)
	}
	if len(c.Secret) > 0 {
		bad("SecretFile", errors.New("Secret is set as well; use one of them"))
	}
	all, err := readSecrets(c.SecretFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(errs...)
	}
	bad("SecretFile", err)
	return append(all, c.OldSecrets...), errors.Join(errs...)
}

// maxSecretFile is the most bytes of a file of secrets: some hundreds of them.
const maxSecretFile = 64 << 10

// readSecrets reads a file of secrets, one a line.
func readSecrets(name string) ([][]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat() // of what is read, whatever the name leads to by then
	if err != nil {
		return nil, err
	}
	// A group that may read is how some platforms hand a secret to a process. Windows
	// has no such permissions to look at.
	if perm := info.Mode().Perm(); runtime.GOOS != "windows" && perm&0o027 != 0 {
		return nil, fmt.Errorf("others can read or change %s (%#o); run: chmod 600 %[1]s", name, perm)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxSecretFile {
		return nil, fmt.Errorf("%s has more than %d bytes, so it is no file of secrets", name, maxSecretFile)
	}
	var secrets [][]byte
	for i, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		secret, err := ParseSecret(string(line))
		if err == nil {
			err = vault.CheckSecret(secret)
		}
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", name, i+1, err)
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}

// makeSecret creates SecretFile for a store that is empty, and returns the secrets. A
// store in use was made with a secret, and what that sealed would be lost.
func (c *Config) makeSecret(ctx context.Context) ([][]byte, error) {
	_, err := c.Store.LoadParameters(ctx)
	if err == nil {
		return nil, fmt.Errorf("Config.SecretFile: %s does not exist, and the store was made with the secret in it: bring the file back, or begin with an empty store", c.SecretFile)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("Config.Store: %w", err)
	}
	secret := vault.Random(vault.SecretSize)
	if err := createFile(c.SecretFile, hex.EncodeToString(secret)+"\n"); err != nil {
		return nil, fmt.Errorf("Config.SecretFile: %w", err)
	}
	return append([][]byte{secret}, c.OldSecrets...), nil
}

// createFile creates a file that only its owner can read, or nothing.
func createFile(name, text string) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
