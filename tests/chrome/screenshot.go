package chrome

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Shot defines how to view a page. The zero value is a window of 1280 by 800 in the
// light scheme.
type Shot struct {
	// Width and Height are the window's size in CSS pixels, default 1280 and 800.
	Width, Height int
	// Scale is the number of image pixels per CSS pixel, default 1.
	Scale float64
	// Full captures the whole page, including the parts that need scrolling.
	Full bool
	// Dark selects the dark colour scheme.
	Dark bool
	// Phone emulates a touch screen.
	Phone bool
	// File is where to write the image, creating its folders; if empty, it is not
	// written.
	File string
}

// Screenshot returns an image of the page as PNG. Motion is reduced, so that no
// animation is captured halfway. The window keeps the size and scheme of the shot.
func (b *Browser) Screenshot(s Shot) []byte {
	b.t.Helper()
	b.Look(s)
	var picture []byte
	b.run("take a screenshot", chromedp.ActionFunc(func(ctx context.Context) error {
		_, _, _, seen, _, whole, err := page.GetLayoutMetrics().Do(ctx)
		if err != nil {
			return err
		}
		// Beyond the viewport, Chromium shifts pages that fit into it sideways if they read
		// from right to left.
		beyond := s.Full && whole.Height > float64(seen.ClientHeight)
		picture, err = page.CaptureScreenshot().WithCaptureBeyondViewport(beyond).Do(ctx)
		return err
	}))
	b.save(s.File, picture)
	return picture
}

// Look sets the size and scheme of a shot, without taking it.
func (b *Browser) Look(s Shot) {
	b.t.Helper()
	if s.Width == 0 {
		s.Width = 1280
	}
	if s.Height == 0 {
		s.Height = 800
	}
	if s.Scale == 0 {
		s.Scale = 1
	}
	scheme := "light"
	if s.Dark {
		scheme = "dark"
	}
	b.run("set the window",
		emulation.SetDeviceMetricsOverride(int64(s.Width), int64(s.Height), s.Scale, s.Phone),
		emulation.SetTouchEmulationEnabled(s.Phone),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"},
		}))
}

// ForceColours makes pages look as if the system replaced all colours with the
// user's own (forced colours), until the next [Browser.Look].
func (b *Browser) ForceColours() {
	b.t.Helper()
	b.run("force colours", emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "forced-colors", Value: "active"},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}))
}

// Picture returns an image of one element as PNG, such as a QR code.
func (b *Browser) Picture(selector string) []byte {
	b.t.Helper()
	var picture []byte
	b.run("take a picture of "+selector, chromedp.Screenshot(selector, &picture, chromedp.ByQuery))
	return picture
}

func (b *Browser) save(file string, picture []byte) {
	b.t.Helper()
	if file == "" {
		return
	}
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = os.WriteFile(file, picture, 0o644)
	}
	if err != nil {
		b.t.Fatalf("keep a screenshot: %v", err)
	}
}
