package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// moveKinds are the commands about where the office keeps its data.
var moveKinds = []*kind{
	{name: "move", summary: messages.New("move.summary"), example: "move -to @/run/secrets/new-database -dry-run", run: move,
		text: messages.New("move.text"),
		flags: []option{text("to", "move.flag.to"), text("driver", "move.flag.driver"), text("prefix", "move.flag.prefix"),
			toggle("dry-run", "move.flag.dry_run"), toggle("replace", "move.flag.replace"), toggle("undo", "move.flag.undo"), asJSON, yes, moveFlags}},
}

// moveFlags checks the flags of move together.
func moveFlags(f *flagSet) {
	f.checks = append(f.checks, func() error {
		if f.value("to") == "" && !f.on("undo") {
			return wrong("move.no_target", "flag", "-to")
		}
		if holdsPassword.MatchString(f.value("to")) {
			return wrong("move.password", "flag", "-to", "form", "@FILE")
		}
		return nil
	})
}

// holdsPassword finds a password in a data source name: in a URL, in words such as
// "password=x", or in front of a server of MySQL.
var holdsPassword = regexp.MustCompile(`(?i)^(\w+://)?[^/@:]*:[^@]+@|password\s*=`)

// moveRecord is a move in JSON.
type moveRecord struct {
	From    string           `json:"from"`
	To      string           `json:"to"`
	Resumed bool             `json:"resumed"`
	Tables  []moveTableShown `json:"tables"`
}

type moveTableShown struct {
	Table string `json:"table"`
	Rows  int    `json:"rows"`
}

func move(ctx context.Context, c *call) error {
	if c.Movable == nil {
		return wrong("move.no_store")
	}
	m := store.Move{Way: store.MoveAll, Replace: c.flags.on("replace"), Verify: c.verifyCopy, Progress: c.progress()}
	question := c.said("move.question")
	switch {
	case c.flags.on("dry-run"):
		m.Way, question = store.MoveTry, ""
	case c.flags.on("undo"):
		m.Way, question = store.MoveBack, c.said("move.question_undo")
	}
	to, err := c.elsewhere()
	if err != nil {
		return err
	}
	if closer, ok := to.(io.Closer); ok {
		defer closer.Close()
	}
	m.To = to
	if question != "" {
		if err := c.confirm(question); err != nil {
			return err
		}
	}
	done, err := c.Movable.Move(ctx, m)
	if err == nil {
		return c.moved(m.Way, done)
	}
	if done.Stopped {
		c.warn("move.stopped", "flag", "-undo")
	}
	all := parts(err)
	for _, other := range all[:len(all)-1] {
		c.fail(other)
	}
	return all[len(all)-1]
}

// several is an error that consists of others.
type several interface{ Unwrap() []error }

// parts are the errors that one consists of, each of which is to be mended.
func parts(err error) []error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		joined, ok := inner.(several)
		if !ok {
			continue
		}
		text := errors.Join(joined.Unwrap()...).Error()
		if before, ok := strings.CutSuffix(err.Error(), text); !ok || before != "" && before != "sqlstore: move: " {
			break
		}
		var all []error
		for _, one := range joined.Unwrap() {
			all = append(all, parts(one)...)
		}
		return all
	}
	return []error{err}
}

// elsewhere is the store of -to, or nil without that.
func (c *call) elsewhere() (store.Store, error) {
	name := c.flags.value("to")
	if name == "" {
		return nil, nil
	}
	if file, ok := strings.CutPrefix(name, "@"); ok {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the data source name: %w", err)
		}
		name = strings.TrimSpace(string(text))
	}
	return c.Movable.Elsewhere(store.Place{DataSourceName: name, Driver: c.flags.value("driver"), TablePrefix: c.flags.value("prefix")})
}

// verifyCopy fails if the audit log of a store is broken.
func (c *call) verifyCopy(ctx context.Context, s store.Store) error {
	v, err := c.desk.VerifyCopy(ctx, s)
	if err == nil && v.Broken != 0 {
		err = wrong("move.broken", "seq", seq(v.Broken), "problem", v.Problem, "command", "audit accept")
	}
	return err
}

// progressEvery is how often a line says how far the move is.
const progressEvery = 2 * time.Second

// progress says what is being done: each step, and where a long one has got to.
func (c *call) progress() func(store.MoveProgress) {
	var step store.MoveStep
	var said time.Time
	return func(p store.MoveProgress) {
		now := time.Now()
		if p.Step != step {
			step, said = p.Step, now
			c.warn("move.step." + string(p.Step))
		}
		if now.Sub(said) > progressEvery && p.Of > 0 {
			said = now
			c.warn("move.progress", "table", p.Table, "rows", strconv.Itoa(p.Rows), "of", strconv.Itoa(p.Of))
		}
	}
}

// tables prints how many rows there are.
func (c *call) tables(done store.Moved) {
	lines := [][]string{{c.words.Text("move.head.table"), c.words.Text("move.head.rows")}}
	for _, t := range done.Tables {
		lines = append(lines, []string{t.Name, strconv.Itoa(t.Rows)})
	}
	_ = align(c.out, lines) // a strings.Builder
}

// moved says what was done, and what is left to do.
func (c *call) moved(way store.MoveWay, done store.Moved) error {
	if c.flags.on("json") {
		return printJSON(c.out, moveRecord{done.From, done.To, done.Resumed, each(done.Tables, func(t store.MovedTable) moveTableShown { return moveTableShown{t.Name, t.Rows} })})
	}
	switch way {
	case store.MoveBack:
		c.print("move.undone")
		return nil
	case store.MoveTry:
		c.tables(done)
		c.print("move.free")
		return nil
	}
	c.tables(done)
	c.print("move.done", "from", done.From, "to", done.To)
	c.print("move.next")
	c.print("move.left", "tables", done.Left)
	return nil
}
