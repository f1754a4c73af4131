package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/postern-go/postern/internal/messages"
)

// templateKinds are the commands about templates.
var templateKinds = []*kind{
	{name: "templates export", operands: "DIR", anySecret: true, summary: messages.New("commands.templates_export.summary"), example: "templates export admin/templates",
		text: messages.New("commands.templates_export.text"), run: exportTemplates, flags: []option{toggle("force", "commands.templates_export.flag.force")}},
}

// exportTemplates writes nothing if one of its files is there already: it may have changes.
func exportTemplates(_ context.Context, c *call) error {
	dir, files := c.arg(0), map[string][]byte{}
	for folder, originals := range c.Templates {
		err := fs.WalkDir(originals, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files[path.Join(folder, name)], err = fs.ReadFile(originals, name)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("read templates: %w", err)
		}
	}
	if !c.flags.on("force") {
		for name := range files {
			if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
				return wrong("commands.templates_export.exists", "file", filepath.Join(dir, filepath.FromSlash(name)))
			} else if !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("look for templates: %w", err)
			}
		}
	}
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("write templates: %w", err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return fmt.Errorf("write templates: %w", err)
		}
	}
	fmt.Fprintln(c.out, c.said("commands.templates_export.written", "n", len(files), "directory", dir))
	fmt.Fprintln(c.out, wrap(c.said("commands.templates_export.next", "pages", filepath.Join(dir, "pages"), "mails", filepath.Join(dir, "mails"))))
	return nil
}
