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

func TestBarsAreScaledToTheHighest(t *testing.T) {
	b := Bars{Bars: []Bar{
		{Parts: []BarPart{{Value: 150}, {Value: 50}}},
		{Parts: []BarPart{{Value: 1}, {Value: 0}}},
		{Parts: []BarPart{{Value: 199}, {Value: 1}}},
		{Parts: []BarPart{{Value: 0}, {Value: 0}}},
	}}.scale()
	heights := func(i int) []int {
		p := b.Bars[i].Parts
		return []int{p[0].Top, p[0].Percent, p[1].Top, p[1].Percent}
	}
	require.Equal(t, []int{25, 75, 0, 25}, heights(0))
	require.Equal(t, []int{96, 4, 96, 0}, heights(1), "what is not zero can be seen")
	require.Equal(t, 0, heights(2)[2], "and never leaves the top")
	require.Equal(t, []int{100, 0, 100, 0}, heights(3))
	require.Equal(t, "1,000+", BarPart{Value: 1000, More: true}.number().(messages.Text).String())
}
