package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// scratch is a copy of the repository in which one mutation at a time is made.
type scratch struct{ root string }

// copyTo copies the files that git knows or would add, as they are in the folder.
func copyTo(ctx context.Context, root, to string) (scratch, error) {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil {
		return scratch{}, fmt.Errorf("list files: %w", err)
	}
	for _, name := range strings.Split(strings.Trim(string(names), "\x00"), "\x00") {
		from, into := filepath.Join(root, name), filepath.Join(to, name)
		info, err := os.Stat(from)
		if err != nil || !info.Mode().IsRegular() {
			continue // deleted, or a link
		}
		if err := os.MkdirAll(filepath.Dir(into), 0o755); err != nil {
			return scratch{}, err
		}
		text, err := os.ReadFile(from)
		if err != nil {
			return scratch{}, err
		}
		if err := os.WriteFile(into, text, info.Mode()); err != nil {
			return scratch{}, err
		}
	}
	// What tests use and npm brings.
	tools, err := filepath.EvalSymlinks(filepath.Join(root, ".tools"))
	if err == nil {
		err = os.Symlink(tools, filepath.Join(to, ".tools"))
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return scratch{}, err
	}
	return scratch{to}, nil
}

// try makes a mutation, and returns what a test says of it.
func (s scratch) try(ctx context.Context, m mutation) verdict {
	text, err := m.apply(s.root)
	if err != nil {
		return verdict{m, broken, err.Error()}
	}
	path := filepath.Join(s.root, filepath.FromSlash(m.file))
	before, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		return verdict{m, broken, err.Error()}
	}
	defer func() { _ = os.WriteFile(path, before, 0o644) }()
	binary := filepath.Join(s.root, "mutated.test")
	if err := s.build(ctx, m.folder(), binary); err != nil {
		return verdict{m, broken, err.Error()}
	}
	said, output := s.run(ctx, m, binary)
	switch said {
	case passed:
		return verdict{m, survived, ""}
	case failed:
		return verdict{m, killed, ""}
	case skipped:
		return verdict{m, unknown, "skipped, because a program is missing"}
	}
	return verdict{m, broken, output}
}

// build compiles the tests of a package.
func (s scratch) build(ctx context.Context, folder, binary string) error {
	// Without paths, so that copies share what is compiled.
	build := exec.CommandContext(ctx, "go", "test", "-c", "-trimpath", "-vet=off", "-ldflags=-w", "-o", binary, ".")
	build.Dir = filepath.Join(s.root, filepath.FromSlash(folder))
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("does not compile: %s", output)
	}
	return nil
}

// said is how a test ended.
type said int

const (
	passed said = iota
	failed
	skipped
	unusable // it does not compile, does not exist or does not end
)

var (
	// failure is a failed check or a panic, not a program that could not be started.
	failure = regexp.MustCompile(`(?m)^\s*--- FAIL|^panic: |^fatal error: |^FAIL$`)
	skip    = regexp.MustCompile(`(?m)^\s*--- SKIP`)
)

// run runs the test that must kill a mutation, and returns also what it printed.
func (s scratch) run(ctx context.Context, m mutation, binary string) (said, string) {
	run := exec.CommandContext(ctx, binary, "-test.run="+m.pattern(), "-test.v", "-test.failfast", "-test.timeout=5m")
	run.Dir = filepath.Join(s.root, filepath.FromSlash(m.folder()))
	out, err := run.CombinedOutput()
	text := string(out)
	switch {
	case strings.Contains(text, "panic: test timed out"):
		return unusable, m.by + " does not end"
	case err != nil && failure.MatchString(text):
		return failed, text
	case err != nil:
		return unusable, err.Error() + ": " + text
	case strings.Contains(text, "testing: warning: no tests to run"):
		return unusable, m.by + " is not there"
	case skip.MatchString(text):
		return skipped, text
	}
	return passed, text
}
