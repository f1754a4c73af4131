package pages

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/messages"
)

func TestAWidgetThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, began := make(chan struct{}), atomic.Int32{}
		l := loaders([]Widget{{Title: "Hangs", Load: func(context.Context) (WidgetData, error) {
			began.Add(1)
			<-release
			return WidgetData{Figure: "1"}, nil
		}}})[0]
		load := func() error {
			ctx, cancel := context.WithTimeout(t.Context(), widgetTime)
			defer cancel()
			_, err := l.load(ctx)
			return err
		}
		start := time.Now()
		for range widgetsAtOnce + 2 {
			require.Error(t, load())
		}
		require.Equal(t, (widgetsAtOnce+2)*widgetTime, time.Since(start))
		require.EqualValues(t, widgetsAtOnce, began.Load(), "no more goroutines gather")
		close(release)
		synctest.Wait()
		require.NoError(t, load())
	})
}

func TestNumbersThatWereNotCountedToTheEnd(t *testing.T) {
	c := counted{n: 1000, more: true}
	require.Equal(t, "1,000+", c.said().(messages.Text).String())
	require.Equal(t, "1,000+", c.figure(messages.English()))
	require.Equal(t, "1,000", counted{n: 1000}.figure(messages.English()))
}
