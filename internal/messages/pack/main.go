// Pack writes the messages that programs embed: a compressed file for each language in
// languages/. Run it from the root of the repository after every change there, with
// "go generate ./internal/messages".
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	if err := pack("languages", "packed"); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

// source is the language that has the keys, sorted. The files of others have only values, in
// the same order, which makes them a fifth smaller.
const source = "en"

// pack writes a file of all messages for each folder.
func pack(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	folders, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	english, err := read(filepath.Join(from, source))
	if err != nil {
		return err
	}
	keys := slices.Sorted(maps.Keys(english))
	for _, folder := range folders {
		all, err := read(filepath.Join(from, folder.Name()))
		if err != nil {
			return err
		}
		var content any = all
		if folder.Name() != source {
			values := make([]json.RawMessage, len(keys))
			for i, key := range keys {
				values[i] = all[key]
			}
			content = values
		}
		var text bytes.Buffer
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		if err := e.Encode(content); err != nil {
			return err
		}
		var packed bytes.Buffer
		z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := z.Write(text.Bytes()); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, folder.Name()+".json.gz"), packed.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// read returns all messages of a folder.
func read(folder string) (map[string]json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &all); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return all, nil
}
