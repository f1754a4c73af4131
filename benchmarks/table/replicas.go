package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/postern-go/postern/benchmarks/visitor"
)

// before is the last version before sign-ins and guards were made to cost less.
const before = "0e5567d"

// replicas is the number of processes that serve one office, in every row with more
// than one.
const replicas = 4

// secret is the master secret of every replica here.
var secret = hex.EncodeToString([]byte("\x8f\x13\xa7\x62\xd0\x44\xee\x91\x0b\x5c\x38\xf6\x27\xb9\x70\x1d\xc2\x85\x4a\xe3\x9e\x06\x5f\xd8\x31\x77\xac\x12\xfb\x60\x94\x2b"))

// build builds the program of a replica, of this version if commit is empty.
func (b *bench) build(ctx context.Context, commit string) (program string, err error) {
	if program := b.built[commit]; program != "" {
		return program, nil
	}
	root, err := output(ctx, "", "go", "env", "GOWORK")
	if err != nil {
		return "", err
	}
	root = filepath.Dir(root)
	program = filepath.Join(b.dir, "host"+commit)
	if commit == "" {
		_, err = output(ctx, root, "go", "build", "-o", program, "./benchmarks/host")
	} else {
		err = b.buildBefore(ctx, root, commit, program)
	}
	if err != nil {
		return "", err
	}
	if b.built == nil {
		b.built = map[string]string{}
	}
	b.built[commit] = program
	return program, nil
}

// buildBefore builds today's host with the library of a commit.
func (b *bench) buildBefore(ctx context.Context, root, commit, program string) error {
	tree := filepath.Join(b.dir, "tree"+commit)
	if _, err := output(ctx, root, "git", "worktree", "add", "--detach", "--force", tree, commit); err != nil {
		return fmt.Errorf("the history of the repository is needed: %w", err)
	}
	defer func() { _, _ = output(context.WithoutCancel(ctx), root, "git", "worktree", "remove", "--force", tree) }()
	benchmarks := filepath.Join(tree, "benchmarks")
	if err := os.RemoveAll(benchmarks); err != nil {
		return err
	}
	if err := os.CopyFS(benchmarks, os.DirFS(filepath.Join(root, "benchmarks"))); err != nil {
		return err
	}
	_, err := output(ctx, benchmarks, "env", "GOWORK=off", "go", "build", "-mod=mod", "-o", program, "./host")
	return err
}

func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); ok { //nolint:errorlint // it is never wrapped
		err = fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(exit.Stderr))
	}
	return strings.TrimSpace(string(out)), err
}

// person is an operator who can sign in under load.
type person struct {
	name, ip string
	phone    *visitor.Phone
}

// cluster is a number of replicas over a database with operators.
type cluster struct {
	profiles string // the folder for them, if any
	database
	program   string
	flags     []string
	processes []*exec.Cmd
	servers   []string
	people    []*person
	db        *sql.DB
}

// newCluster fills a database. Replicas are started by start.
func (b *bench) newCluster(ctx context.Context, commit string, people int, flags ...string) (c *cluster, err error) {
	c = &cluster{flags: flags, profiles: b.profiles}
	if c.program, err = b.build(ctx, commit); err != nil {
		return nil, err
	}
	if c.database, err = b.postgreSQL(ctx); err != nil {
		return nil, err
	}
	if c.db, err = sql.Open(c.driver, c.dsn); err != nil {
		return nil, err
	}
	list, err := output(ctx, "", c.program, append(c.arguments(), "-seed", strconv.Itoa(people))...)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(list) {
		name, key, _ := strings.Cut(strings.TrimSpace(line), " ")
		phone, err := visitor.NewPhone(key)
		if err != nil {
			return nil, err
		}
		n := len(c.people)
		c.people = append(c.people, &person{name, fmt.Sprintf("10.1.%d.%d", n/250, n%250+1), phone})
	}
	return c, nil
}

func (c *cluster) arguments() []string {
	return append([]string{"-dsn", c.dsn, "-secret", secret}, c.flags...)
}

// start starts n replicas, each with a pool of this size.
func (c *cluster) start(ctx context.Context, n, pool int) error {
	for range n {
		args := append(c.arguments(), "-pool", strconv.Itoa(pool))
		if c.profiles != "" {
			args = append(args, "-cpuprofile", filepath.Join(c.profiles, fmt.Sprintf("%s-pool%d-%d.pprof", filepath.Base(c.program), pool, len(c.processes))))
		}
		cmd := exec.CommandContext(ctx, c.program, args...)
		cmd.Stderr = os.Stderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		c.processes = append(c.processes, cmd)
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			return fmt.Errorf("a replica did not start: %w", err)
		}
		c.servers = append(c.servers, "http://"+strings.TrimSpace(line))
	}
	return nil
}

// stop ends all replicas.
func (c *cluster) stop() {
	for _, cmd := range c.processes {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}
	c.processes, c.servers = nil, nil
}

func (c *cluster) close() {
	c.stop()
	_ = c.db.Close()
}

// forget makes all current codes work again.
func (c *cluster) forget(ctx context.Context) error {
	for _, p := range c.people {
		p.phone.Forget()
	}
	_, err := c.db.ExecContext(ctx, "UPDATE postern_factors SET step = 0")
	return err
}

// browser is one at the i-th replica. Everyone has an IP address of their own, so that
// no limit is reached, and keeps it, so that no email warns them of a new one.
func (c *cluster) browser(i int, p *person, through http.RoundTripper) *visitor.Visitor {
	return &visitor.Visitor{Base: c.servers[i%len(c.servers)] + "/" + visitor.Alias, Through: through, IP: p.ip}
}
