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

// greet says, once a process, what to do while nobody has set up the office. Every
// replica says it: each reader has one console.
func (o *Office) greet(ctx context.Context) {
	o.welcome.once.Do(func() {
		w := &o.welcome
		if !w.empty {
			if w.console != nil && w.local {
				fmt.Fprintln(w.console, "back office:", o.HomeURL())
			}
			return
		}
		if w.console == nil {
			o.desk.Log.InfoContext(ctx, `nobody has set up the office: its first super-administrator needs a one-time link, which the command "setup" and Office.SetupURL return`)
			return
		}
		link, err := o.SetupURL(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			o.desk.Log.ErrorContext(ctx, `cannot print the setup link; the command "setup" can print one later`, "error", err)
		case link != "":
			fmt.Fprintln(w.console, "setup:", link)
		}
	})
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
