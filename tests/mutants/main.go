package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/postern-go/postern/tests/requirements"
)

func main() {
	only := flag.String("only", "", "only rows whose name contains one of these, separated by commas")
	list := flag.Bool("list", false, "print the table and run nothing")
	jobs := flag.Int("jobs", max(1, runtime.NumCPU()), "how many mutations are tried at once")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ok, err := run(ctx, *only, *list, *jobs)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// run reports whether every mutation was killed.
func run(ctx context.Context, only string, list bool, jobs int) (bool, error) {
	root, err := repository()
	if err != nil {
		return false, err
	}
	rows, err := requirements.Read(root)
	if err != nil {
		return false, err
	}
	all := slices.DeleteFunc(table(), func(m mutation) bool { return !selected(m.row, only) })
	wrong := mistakes(root, rows, table())
	for _, sentence := range wrong {
		fmt.Println("ERROR   ", sentence)
	}
	for _, id := range slices.Sorted(maps.Keys(unmutated)) {
		if selected(id, only) {
			fmt.Printf("none      %s: %s\n", id, unmutated[id])
		}
	}
	if list {
		for _, m := range all {
			fmt.Printf("%s\n  %s, by %s\n  - %s\n  + %s\n", m.row, m.file, m.by, m.old, m.new)
		}
		return len(wrong) == 0, nil
	}
	began := time.Now()
	temporary, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	count, err := tryAll(ctx, root, temporary, all, min(max(jobs, 1), max(len(all), 1)))
	fmt.Printf("%d mutations: %d killed, %d survived, %d skipped, %d errors, in %s\n", len(all),
		count[killed], count[survived], count[unknown], count[broken]+len(wrong), time.Since(began).Round(time.Second))
	return len(wrong) == 0 && count[killed]+count[unknown] == len(all), err
}

// selected reports whether -only selects a row.
func selected(row, only string) bool {
	return only == "" || slices.ContainsFunc(strings.Split(only, ","), func(s string) bool { return strings.Contains(row, strings.TrimSpace(s)) })
}

// outcome is what became of a mutation.
type outcome string

const (
	killed   outcome = "killed"
	survived outcome = "SURVIVED"
	unknown  outcome = "skipped"
	broken   outcome = "ERROR"
)

type verdict struct {
	mutation
	outcome
	why string
}

// tryAll tries mutations in copies of the repository, and counts the outcomes.
func tryAll(ctx context.Context, root, temporary string, all []mutation, jobs int) (map[outcome]int, error) {
	count := map[outcome]int{}
	var (
		work   = make(chan mutation)
		mu     sync.Mutex // guards count and the output
		group  sync.WaitGroup
		copies []scratch
		sound  = soundness{
			folder: temporary, tests: map[string]func() (said, string){}, builds: map[string]func() (string, error){},
		}
	)
	for i := range jobs {
		s, err := copyTo(ctx, root, filepath.Join(temporary, fmt.Sprint(i)))
		if err != nil {
			return count, err
		}
		copies = append(copies, s)
	}
	for _, s := range copies {
		group.Go(func() {
			for m := range work {
				began := time.Now()
				v := verdict{m, broken, ""}
				if said, output := sound.of(ctx, s, m); said == failed || said == unusable {
					v.why = "without the mutation: " + output
				} else {
					v = s.try(ctx, m)
				}
				mu.Lock()
				count[v.outcome]++
				fmt.Printf("%-9s %s: %s, by %s, %.1f s\n", v.outcome, m.row, m.file, m.by, time.Since(began).Seconds())
				if v.outcome != killed {
					fmt.Printf("          - %s\n          + %s\n", m.old, m.new)
				}
				if v.why != "" {
					fmt.Println("          " + v.why)
				}
				mu.Unlock()
			}
		})
	}
	for _, m := range all {
		if ctx.Err() != nil {
			break
		}
		work <- m
	}
	close(work)
	group.Wait()
	return count, ctx.Err()
}

// soundness remembers how each test ends without a mutation.
type soundness struct {
	folder string // for the compiled tests
	mu     sync.Mutex
	tests  map[string]func() (said, string)
	builds map[string]func() (binary string, err error)
}

// of tells how the test of a mutation ends in a copy without one.
func (k *soundness) of(ctx context.Context, s scratch, m mutation) (said, string) {
	k.mu.Lock()
	build, ok := k.builds[m.folder()]
	if !ok {
		binary := filepath.Join(k.folder, strings.ReplaceAll(m.folder(), "/", "-")+".test")
		build = sync.OnceValues(func() (string, error) { return binary, s.build(ctx, m.folder(), binary) })
		k.builds[m.folder()] = build
	}
	test, ok := k.tests[m.by]
	if !ok {
		test = sync.OnceValues(func() (said, string) {
			binary, err := build()
			if err != nil {
				return unusable, err.Error()
			}
			return s.run(ctx, m, binary)
		})
		k.tests[m.by] = test
	}
	k.mu.Unlock()
	return test()
}

// repository returns the folder that holds go.work.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.work here or above")
		}
		dir = parent
	}
}
