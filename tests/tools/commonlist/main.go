// Command commonlist writes the blocklist of common passwords from the npm package that contains it.
//
//	npm pack @zxcvbn-ts/language-common@4.1.3
//	go run ../tests/tools/commonlist zxcvbn-ts-language-common-4.1.3.tgz common.txt.gz
//
// The package is checked against the digest below, so the list can change only together with this file.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"
)

const (
	member = "package/src/passwords.json"
	digest = "sha512-g2bg4skmlJG9aJqC/nWziZzgYpSe/f3rKeGobrkdFiOrfZVFqqzUgC6BUQWuX54Sua9j0Jxxt+1bf4f/Mal1Kg==" // as npm records it
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: commonlist PACKAGE.tgz OUT.txt.gz")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal("commonlist: ", err)
	}
}

func run(in, out string) error {
	archive, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	sum := sha512.Sum512(archive)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != digest {
		return fmt.Errorf("%s has digest %s, not the one this list is built from", in, got)
	}
	words, err := read(archive)
	if err != nil {
		return fmt.Errorf("read %s: %w", in, err)
	}
	for i, w := range words {
		words[i] = strings.ToLower(w)
	}
	slices.Sort(words)
	words = slices.Compact(words)

	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(z, strings.Join(words, "\n")+"\n"); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}

// read finds the list in the archive. Its entries are printable ASCII without spaces, which the lookup relies on.
func read(archive []byte) ([]string, error) {
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	files := tar.NewReader(z)
	for {
		h, err := files.Next()
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", member, err)
		}
		if h.Name != member {
			continue
		}
		var words []string
		if err := json.NewDecoder(files).Decode(&words); err != nil {
			return nil, err
		}
		for _, w := range words {
			if w == "" || strings.ContainsFunc(w, func(r rune) bool { return r <= ' ' || r > '~' }) {
				return nil, errors.New("an entry is not printable ASCII")
			}
		}
		return words, nil
	}
}
