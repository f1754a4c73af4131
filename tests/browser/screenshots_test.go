package browser_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

var screenshots = flag.String("screenshots", "", "write the README's pictures to this folder")

var (
	onDesks = map[string]chrome.Shot{
		"":      {Width: 1280, Height: 720, Full: true},
		"-dark": {Width: 1280, Height: 720, Full: true, Dark: true},
	}
	// What is long is shown as far as a window goes.
	onTop = map[string]chrome.Shot{
		"":      {Width: 1280, Height: 960},
		"-dark": {Width: 1280, Height: 960, Dark: true},
	}
	onPhones = map[string]chrome.Shot{
		"-phone":      {Width: 390, Height: 844, Full: true, Scale: 1.5, Phone: true},
		"-phone-dark": {Width: 390, Height: 844, Full: true, Scale: 1.5, Phone: true, Dark: true},
	}
)

// keep takes the picture of a page in several looks.
func (p *person) keep(name string, looks ...map[string]chrome.Shot) {
	p.Evaluate("document.activeElement.blur()", nil) // no blinking cursor
	for _, look := range looks {
		for suffix, shot := range look {
			file := filepath.Join(*screenshots, name+suffix+".png")
			require.NoError(p.s.t, os.MkdirAll(*screenshots, 0o755))
			require.NoError(p.s.t, os.WriteFile(file, shrink(p.s.t, p.Screenshot(shot)), 0o644))
		}
	}
	p.Look(chrome.Shot{})
}

// shrink keeps the 256 most frequent colours of a picture, which halves it and
// cannot be seen: the others are the edges of letters.
func shrink(t *testing.T, picture []byte) []byte {
	t.Helper()
	decoded, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	bounds, counts := decoded.Bounds(), map[color.RGBA]int{}
	full := image.NewRGBA(bounds)
	draw.Draw(full, bounds, decoded, bounds.Min, draw.Src)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[full.RGBAAt(x, y)]++
		}
	}
	frequent := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int { return counts[b] - counts[a] })
	var colours color.Palette
	for _, c := range frequent[:min(len(frequent), 256)] {
		colours = append(colours, c)
	}
	nearest := map[color.RGBA]uint8{}
	for c := range counts {
		nearest[c] = uint8(colours.Index(c))
	}
	small := image.NewPaletted(bounds, colours)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, nearest[full.RGBAAt(x, y)])
		}
	}
	var out bytes.Buffer
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small))
	return out.Bytes()
}

const (
	onAPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
	onADesk  = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
)

func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		return
	}
	t.Run("office", pictureOffice)
	t.Run("example", pictureExample)
}

// pictureOffice lets an office come to life over some weeks.
func pictureOffice(t *testing.T) {
	s := newSiteOn(t, "127.0.0.1:8080", 20*24*time.Hour)
	s.run(s.office)
	p := s.person(t, "Ada Brook", "ada@riverside.example")
	p.Agent(onADesk)
	p.openLink(s.setupLink())
	p.fillSetup()
	p.keep("setup", onDesks)
	p.Submit(primary)
	p.typeSignIn()
	p.keep("enrol", onDesks, onPhones)
	p.secret = p.Text("#totp-secret")
	p.Fill("#field-code", p.code())
	p.Submit(primary)
	p.keep("recovery-codes", onDesks, onPhones)

	colleagues := []struct {
		name, email, role string
		joins             bool
		wait              time.Duration
	}{
		{"Ben Ode", "ben@riverside.example", backoffice.Administrator, true, 6 * 24 * time.Hour},
		{"Cleo Marsh", "cleo@riverside.example", backoffice.CommunityManager, true, 11 * 24 * time.Hour},
		{"Dara Finn", "dara@riverside.example", backoffice.Moderator, false, 2*24*time.Hour + 21*time.Hour},
		{"Eli Stone", "eli@riverside.example", backoffice.Moderator, true, 2 * time.Hour},
		{"Fay Lund", "fay@riverside.example", backoffice.CommunityManager, false, 55 * time.Minute},
	}
	for i, c := range colleagues {
		if i > 0 {
			p.signIn()
		}
		link := p.invite(c.name, c.email, c.role)
		if c.joins {
			s.person(t, c.name, c.email).welcome(link)
		}
		s.later(c.wait)
	}

	phone := s.person(t, p.name, p.email)
	phone.Agent(onAPhone)
	phone.secret = p.secret
	phone.signIn()
	s.later(14 * time.Minute)
	p.Open(s.at("/login"))
	p.keep("sign-in", onDesks, onPhones)
	p.Fill("#field-login", p.email)
	p.Paste("#field-password", p.password)
	p.Submit(primary)
	p.keep("code", onDesks, onPhones)
	p.Fill("#field-code", p.next())
	p.Submit(primary)
	p.keep("home", onDesks, onPhones)
	p.Open(s.at("/account/two-factor/add"))
	work := p.Text("#totp-secret")
	p.Fill("#field-code", judge.CodeAt(t, work, s.now()))
	p.Fill("#field-label", "Work phone")
	p.Submit(primary)
	phone.Open(s.at("/login"))
	phone.signIn()
	for _, page := range []struct {
		path, name string
		looks      []map[string]chrome.Shot
	}{
		{"/account/two-factor", "two-factor", []map[string]chrome.Shot{onDesks, onPhones}},
		{"/account/sessions", "sessions", []map[string]chrome.Shot{onDesks, onPhones}},
		{"/operators", "operators", []map[string]chrome.Shot{onDesks, onPhones}},
		{"/operators/new", "invite", []map[string]chrome.Shot{onDesks}},
		{"/parameters", "parameters", []map[string]chrome.Shot{onTop}},
		{"/audit", "audit", []map[string]chrome.Shot{onTop}},
		{"/roles/new", "role", []map[string]chrome.Shot{onDesks}},
		{"/account", "account", []map[string]chrome.Shot{onDesks}},
	} {
		require.Equal(t, 200, p.Open(s.at(page.path)))
		p.keep(page.name, page.looks...)
	}
}

// pictureExample shows a page of a host inside the office.
func pictureExample(t *testing.T) {
	e := startExample(t, "-addr", "localhost:8080")
	p := (&site{t: t}).person(t, "Ada Brook", "ada@example.com")
	p.Open(e.printed["setup"])
	p.fillSetup()
	p.Submit(primary)
	p.typeSignIn()
	p.secret = p.Text("#totp-secret")
	p.Fill("#field-code", judge.Code(t, p.secret))
	p.Submit(primary)
	require.Equal(t, 200, p.Open(e.office()+"/moderation"))
	p.keep("host-page", onDesks)
}
