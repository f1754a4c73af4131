// Command replicas is the program of ../../deploy: a community and its back office as
// they run in production, any number of times over one PostgreSQL, behind a proxy.
// Its settings come from the environment (settings.go), and every secret from a file.
//
//	replicas            serve
//	replicas migrate    create or upgrade the tables, with an account that may
//	replicas healthy    ask the one that serves here; for health checks without a shell
//	replicas COMMAND    help where nobody can sign in; "help" lists the commands
package main

import (
	"context"
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
	status := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run returns 0 when all went well, 1 when something failed, and 2 when the command line
// makes no sense.
func run(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	var err error
	switch {
	case len(args) == 0:
		err = serve(ctx, env, log)
	case len(args) == 1 && args[0] == "migrate":
		err = migrate(ctx, env)
	case len(args) == 1 && args[0] == "healthy":
		err = healthy(ctx, env)
	default:
		return command(ctx, args, env, log, stdout, stderr)
	}
	if err != nil {
		fmt.Fprintln(stderr, "replicas:", err)
		return 1
	}
	return 0
}

// command runs one of the office's commands.
func command(ctx context.Context, args []string, env func(string) string, log *slog.Logger, stdout, stderr io.Writer) int {
	cmd, code := backoffice.ParseCommand(args, stdout, stderr)
	if cmd == nil {
		return code
	}
	office, done, err := open(ctx, env, log)
	if err != nil {
		fmt.Fprintln(stderr, "replicas:", err)
		return 1
	}
	defer done()
	return cmd.Run(ctx, office)
}
