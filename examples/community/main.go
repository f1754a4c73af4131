// Command community is a small but real community, a garden with members and
// posts, and the tour of what Postern adds to it: a back office behind a secret
// address.
//
//	go run ./examples/community
//
// prints where both are, and the one-time link that makes you the first
// super-administrator. Everything it keeps is in community.db, but for the
// master secret, which is in community.key.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/postern-go/postern/backoffice"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the whole program. It returns 0 when all went well, 1 when something
// failed, and 2 when the command line makes no sense.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	if len(o.command) > 0 {
		return command(ctx, o, log, stdout, stderr)
	}
	if err := serve(ctx, o, log, stdout); err != nil {
		fmt.Fprintln(stderr, "community:", err)
		return 1
	}
	return 0
}

// command runs one of the office's commands, for when no one can sign in.
func command(ctx context.Context, o options, log *slog.Logger, stdout, stderr io.Writer) int {
	// Parsed before anything is opened: a slip must not make a database.
	cmd, code := backoffice.ParseCommand(o.command, stdout, stderr)
	if cmd == nil {
		return code
	}
	// Nor must a mistyped -db, with a link to an office that does not exist.
	if _, err := os.Stat(o.db); err != nil {
		fmt.Fprintf(stderr, "community: there is no database %s; start the community first, or give its -db\n", o.db)
		return 1
	}
	at, err := origin(o.addr), error(nil)
	if !o.addrGiven {
		at, err = lastOrigin(ctx, o, at)
	}
	var a *app
	if err == nil {
		a, err = open(ctx, o, at, log)
	}
	if err != nil {
		fmt.Fprintln(stderr, "community:", err)
		return 1
	}
	defer a.close()
	return cmd.Run(ctx, a.office)
}
