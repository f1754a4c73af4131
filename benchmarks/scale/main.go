// Command scale measures what an office costs, in rows, bytes, statements and time, and
// calculates from it what many communities need. It writes docs/scale.md.
//
//	make scale                                   # everything, in about three minutes
//	go run ./benchmarks/scale -calculate         # with the figures of the last time
//	go run ./benchmarks/scale -calculate -operators 40 -sign-ins 300 -events 9000
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	a := usual
	a.flags(flag.CommandLine)
	root := flag.String("root", ".", "folder of the repository")
	only := flag.String("only", "", "measure one database, and take what was measured of the others before")
	calculate := flag.Bool("calculate", false, "measure nothing, print what communities need")
	rewrite := flag.Bool("write", false, "write docs/scale.md, and the figures if they were measured")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, a, *root, *only, *calculate, *rewrite)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, a assumptions, root, only string, calculate, rewrite bool) error {
	f, err := load(root)
	if !calculate {
		f, err = measureAll(ctx, f, only)
	}
	if err != nil {
		return err
	}
	if !rewrite {
		fmt.Println(costs(f) + "\n" + rowsTable(f, a) + "\n" + officesTable(f) + "\n" + speedsTable(f) + "\n" + needsTable(f, a))
		return nil
	}
	if a != usual {
		return errors.New("the document is written with the usual assumptions: leave -write out")
	}
	if !calculate {
		if err := f.save(root); err != nil {
			return err
		}
	}
	return write(root, f, a)
}

// measureAll measures every database, or one. What was measured before of the others stays.
func measureAll(ctx context.Context, before figures, only string) (figures, error) {
	f := figures{When: time.Now().UTC().Format("2 January 2006"), Machine: machine()}
	dir, err := os.MkdirTemp("", "postern-scale-")
	if err != nil {
		return f, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if f.HashMillis, f.HashMiB, err = hash(ctx); err != nil {
		return f, err
	}
	for _, name := range order {
		d, known := before.of(name)
		if only == "" || only == name {
			e, err := engines(dir)[name]()
			if err != nil {
				return f, err
			}
			if d, err = measure(ctx, e, full); err != nil {
				return f, err
			}
		} else if !known {
			continue
		}
		f.Databases = append(f.Databases, d)
	}
	return f, nil
}
