// Command table measures what docs/performance.md promises, and prints each figure
// beside its target.
//
//	make bench                                      # everything, in under ten minutes
//	go run ./benchmarks/table -only 'guard|sign-in' # some rows, without writing the document
//
// It starts a PostgreSQL server and replicas of its own. Contenders are compared in
// one run, in which they take turns. A missed target is not an error: the exit
// status is 1 only if something could not be measured.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"testing"
	"time"
)

func main() {
	testing.Init()
	var b bench
	only := flag.String("only", "", "measure the rows whose names match, and write no file")
	write := flag.String("write", "", "folder of the repository, to write docs/performance.md and its chart")
	turns := flag.String("turns", "", "lock this file for each row, to take turns with other measurements on this machine")
	flag.BoolVar(&b.verbose, "v", false, "print the statements of rows that are missed")
	flag.StringVar(&b.profiles, "profiles", "", "write CPU profiles of replicas into this folder")
	flag.IntVar(&b.events, "events", 1_000_000, "events of the big office; 10 million need half an hour and 20 GB")
	flag.Parse()
	// What is shorter than half a second measures the page faults of a fresh heap.
	_ = flag.Set("test.benchtime", "600ms")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := b.run(ctx, *only, *write, *turns)
	b.close()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (b *bench) run(ctx context.Context, only, write, turns string) error {
	which, err := regexp.Compile("(?i)" + only)
	if err != nil {
		return err
	}
	if err := b.open(); err != nil {
		return err
	}
	began := time.Now()
	var measured []measurement
	var broken error
	for _, f := range figures() {
		if !which.MatchString(f.name) {
			continue
		}
		m, err := f.measured(ctx, b, turns)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			broken = errors.Join(broken, fmt.Errorf("%s: %w", f.name, err))
		}
		measured = append(measured, m)
		fmt.Printf("%-6s  %s\n        %s; wanted: %s\n", m.verdict(), m.name, m.got, m.wanted)
		for _, line := range m.beside {
			fmt.Println("        " + line)
		}
	}
	fmt.Printf("\n%s, %s\n", machine(), time.Since(began).Round(time.Second))
	if write != "" && only == "" && broken == nil {
		broken = document(write, measured, b.bars)
	}
	return broken
}

// measured measures a row, alone if turns names a file.
func (f figure) measured(ctx context.Context, b *bench, turns string) (measurement, error) {
	if turns != "" {
		file, err := os.OpenFile(turns, os.O_CREATE|os.O_RDWR, 0o600)
		if err == nil {
			defer func() { _ = file.Close() }() // which unlocks it
			err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		}
		if err != nil {
			return measurement{figure: f}, err
		}
	}
	m, err := f.measure(ctx, b)
	m.figure = f
	if err != nil {
		m.got, m.met = "not measured: "+err.Error(), false
	}
	return m, err
}
