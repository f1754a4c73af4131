package pages

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

// Widget is a backoffice.Widget.
type Widget struct {
	Title, Path, Permission string
	Load                    func(context.Context) (WidgetData, error)
}

// WidgetData is a backoffice.WidgetData.
type WidgetData struct {
	Figure, Text string
	Rows         []WidgetRow
}

// WidgetRow is a backoffice.WidgetRow.
type WidgetRow struct{ Label, Value, Path string }

// WidgetCard is a widget as the home page shows it. If Failed is set, its data is empty.
type WidgetCard struct {
	Title, Path string
	WidgetData
	Failed bool
}

const (
	// widgetTime is how long the widgets of one page may take, all at the same time.
	widgetTime = time.Second
	// widgetsAtOnce is how many calls of one Load are under way at most, so that one
	// that hangs does not gather goroutines.
	widgetsAtOnce = 8
	// The most of a widget that is shown, in rows and bytes.
	widgetRows   = 6
	widgetFigure = 40
	widgetText   = 300
)

// loader calls the Load of a widget.
type loader struct {
	Widget
	turns chan struct{}
}

func loaders(widgets []Widget) []loader {
	var all []loader
	for _, w := range widgets {
		all = append(all, loader{w, make(chan struct{}, widgetsAtOnce)})
	}
	return all
}

// widgetCards loads the host's widgets that the operator may see, side by side. One that
// fails, panics or takes too long is shown as not available.
func (c *call) widgetCards() []WidgetCard {
	var mine []loader
	for _, l := range c.widgets {
		if l.Permission == "" || c.identity.Can(l.Permission) {
			mine = append(mine, l)
		}
	}
	cards := make([]WidgetCard, len(mine))
	in := c.words()
	ctx, cancel := context.WithTimeout(c.ctx(), widgetTime)
	defer cancel()
	var loading sync.WaitGroup
	for i, l := range mine {
		loading.Go(func() {
			data, err := l.load(ctx)
			cards[i] = WidgetCard{Title: in.Say(messages.Host(l.Title)), Path: l.Path, WidgetData: data.shown(), Failed: err != nil}
			if err != nil {
				c.Desk.Log.WarnContext(ctx, "widget not shown", "request", c.visit.RequestID, "widget", l.Title, "error", err)
			}
		})
	}
	loading.Wait()
	return cards
}

// load calls Load, and gives up when ctx ends, whether or not Load does.
func (l loader) load(ctx context.Context) (WidgetData, error) {
	select {
	case l.turns <- struct{}{}:
	case <-ctx.Done():
		return WidgetData{}, errors.New("too many calls have not ended")
	}
	type result struct {
		data WidgetData
		err  error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { <-l.turns }()
		var r result
		defer func() {
			if p := recover(); p != nil {
				r = result{err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
			}
			done <- r
		}()
		r.data, r.err = l.Load(ctx)
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return WidgetData{}, r.err
		}
		return r.data, nil
	case <-ctx.Done():
		return WidgetData{}, ctx.Err()
	}
}

// shown returns the data as lines that can be shown, and a path only if it stays inside
// the office.
func (d WidgetData) shown() WidgetData {
	kept := WidgetData{Figure: desk.OneLine(d.Figure, widgetFigure), Text: desk.OneLine(d.Text, widgetText)}
	for _, r := range d.Rows {
		r.Label, r.Value = desk.OneLine(r.Label, widgetText), desk.OneLine(r.Value, widgetFigure)
		if r.Label == "" || len(kept.Rows) == widgetRows {
			continue // an empty link would lead on unseen
		}
		if !strings.HasPrefix(r.Path, "/") || safeNext(r.Path) == "/" {
			r.Path = ""
		}
		kept.Rows = append(kept.Rows, r)
	}
	return kept
}
