package chrome

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Shot says how a page is to be looked at. Its zero value is a window of 1280
// by 800 in the light scheme.
type Shot struct {
	// Width and Height are the window's size in CSS pixels, default 1280 and 800.
	Width, Height int
	// Scale is how many pixels of the picture make a CSS pixel, default 1.
	Scale float64
	// Full takes the whole page, also what one would have to scroll to.
	Full bool
	// Dark asks for the dark colour scheme.
	Dark bool
	// Phone makes it a touch screen.
	Phone bool
	// File is where to write the picture, with its folders; empty for nowhere.
	File string
}

// Screenshot returns a picture of the page as PNG. Motion is reduced, so that
// nothing is caught half-way. The window keeps the size and scheme of the shot.
func (b *Browser) Screenshot(s Shot) []byte {
	b.t.Helper()
	b.Look(s)
	var picture []byte
	b.run("take a screenshot", chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		picture, err = page.CaptureScreenshot().WithCaptureBeyondViewport(s.Full).Do(ctx)
		return err
	}))
	b.save(s.File, picture)
	return picture
}

// Look gives the window the size and scheme of a shot, without taking it.
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

// ForceColours makes pages look as they do to who has the system replace all
// colours by their own, from now on until the next [Browser.Look].
func (b *Browser) ForceColours() {
	b.t.Helper()
	b.run("force colours", emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "forced-colors", Value: "active"},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}))
}

// Picture returns a picture of one element as PNG, such as a QR code.
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
