package view

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"maps"
	"sync"

	"github.com/postern-go/postern/internal/brand"
)

//go:embed static
var static embed.FS

// Asset is a file below <base>/static/. Its name changes with its content, so it
// may be cached forever.
type Asset struct {
	ContentType string
	Body        []byte
	// Gzip is Body compressed; nil if that saves little.
	Gzip []byte
}

// embedded are the embedded files, by name, with what gzip makes of them. All offices of a
// process share them: they are read and compressed when the first is made.
var embedded = sync.OnceValue(func() map[string]Asset {
	all := map[string]Asset{}
	files, _ := static.ReadDir("static")
	for _, file := range files {
		body, _ := static.ReadFile("static/" + file.Name())
		all[file.Name()] = Asset{Body: body}
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		_, _ = w.Write(body)
		_ = w.Close()
		if len(body)-b.Len() > leastSaved {
			all[file.Name()] = Asset{Body: body, Gzip: bytes.Clone(b.Bytes())}
		}
	}
	return all
})

// leastSaved is how many bytes compression must save.
const leastSaved = 512

// links are the names of the assets that the layout links to.
type links struct {
	Style, Brand, Script, Icon string
	// Passkey is the script of pages that use one.
	Passkey string
	// Logo is an asset, LogoURL a path on the host's own site. At most one is set.
	Logo, LogoURL string
}

const stylesheet = "text/css; charset=utf-8"

// assetName returns the name of an asset with this content.
func assetName(stem, ext string, body []byte) string {
	sum := sha256.Sum256(body)
	return stem + "-" + hex.EncodeToString(sum[:8]) + ext
}

// accented is the stylesheet of an accent colour.
type accented struct {
	colour, name string
	asset        Asset
}

// accent returns the stylesheet of an accent colour. An office has one at a time,
// so only the newest is kept.
func (r *Renderer) accent(colour string) *accented {
	if kept := r.accented.Load(); kept != nil && kept.colour == colour {
		return kept
	}
	body := []byte(brand.Brand{Accent: colour}.Stylesheet())
	made := &accented{colour: colour, name: assetName("brand", ".css", body), asset: Asset{ContentType: stylesheet, Body: body}}
	r.accented.Store(made)
	return made
}

// Accented returns the stylesheet of pages with this accent, if that is its name.
// It is not among Assets, because the colour can change.
func (r *Renderer) Accented(colour, name string) (Asset, bool) {
	a := r.accent(colour)
	return a.asset, a.name == name
}

// Assets returns what must be served below <base>/static/, by name. Serve them
// with a policy that runs no script, as a host's logo may be an SVG.
func (r *Renderer) Assets() map[string]Asset { return maps.Clone(r.assets) }

func buildAssets(b brand.Brand) (map[string]Asset, links, error) {
	if err := b.Check(); err != nil {
		return nil, links{}, err
	}
	assets := map[string]Asset{}
	add := func(stem, ext, contentType string, body []byte) string {
		name := assetName(stem, ext, body)
		assets[name] = Asset{ContentType: contentType, Body: body}
		return name
	}
	l := links{LogoURL: b.LogoURL}
	for _, file := range []struct {
		link                   *string
		stem, ext, contentType string
	}{
		{&l.Style, "postern", ".css", stylesheet},
		{&l.Script, "postern", ".js", "text/javascript; charset=utf-8"},
		{&l.Passkey, "passkey", ".js", "text/javascript; charset=utf-8"},
		{&l.Icon, "icon", ".svg", "image/svg+xml"},
	} {
		asset, ok := embedded()[file.stem+file.ext]
		if !ok {
			return nil, links{}, fmt.Errorf("there is no asset %s%s", file.stem, file.ext)
		}
		name := add(file.stem, file.ext, file.contentType, asset.Body)
		assets[name] = Asset{ContentType: file.contentType, Body: asset.Body, Gzip: asset.Gzip}
		*file.link = name
	}
	l.Brand = add("brand", ".css", stylesheet, []byte(b.Stylesheet()))
	if contentType, ext := b.LogoType(); contentType != "" {
		l.Logo = add("logo", ext, contentType, b.Logo)
	}
	return assets, l, nil
}
