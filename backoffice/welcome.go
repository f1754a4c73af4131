package backoffice

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// welcome leads the first person in.
type welcome struct {
	// console is Config.Console, or nil. It also gets the office's URL if local is
	// set, where everyone who can reach the office reads the console anyway.
	console io.Writer
	local   bool
	// empty means that nobody had set up the office when New looked.
	empty        bool
	once, missed sync.Once
}

// print prints a URL between empty lines, so that it is found among log lines.
func (w *welcome) print(what, url string) { fmt.Fprintf(w.console, "\n%s: %s\n\n", what, url) }

// greet says, once a process, what to do while nobody has set up the office. Every
// replica says it: each reader has one console.
func (o *Office) greet(ctx context.Context) error {
	o.welcome.once.Do(func() {
		w := &o.welcome
		if !w.empty {
			if w.console != nil && w.local {
				w.print("back office", o.HomeURL())
			}
			return
		}
		if w.console == nil {
			o.desk.Log.WarnContext(ctx, "nobody has set up the office: its first super-administrator needs a one-time link, which Config.Console gets, the command setup prints and Office.SetupURL returns")
			return
		}
		link, err := o.SetupURL(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			o.desk.Log.ErrorContext(ctx, "cannot print the setup link; the command setup prints one", "error", err)
		case link != "":
			w.print("setup", link)
		}
	})
	return nil
}

// missRun says, once, that nothing leads the first person in. Nobody sees the pages
// that would say so.
func (o *Office) missRun() {
	if o.welcome.empty && !o.desk.Periodic().Started {
		o.welcome.missed.Do(func() {
			o.desk.Log.Warn("nobody has set up the office, and Office.Run has not been called: call it in a goroutine")
		})
	}
}
