package view

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"maps"

	"github.com/postern-go/postern/internal/pages/brand"
)

//go:embed static
var static embed.FS

// Asset is a file that pages link to, below <base>/static/. Its name changes
// with its content, so it may be cached for ever.
type Asset struct {
	ContentType string
	Body        []byte
}

// links are the names of the assets that the layout links to.
type links struct {
	Style, Brand, Script, Icon string
	// Logo is an asset, LogoURL a path on the host's own site; at most one is
	// set.
	Logo, LogoURL string
}

// Assets returns what must be served below <base>/static/, by name. Serve an
// SVG with a policy that runs no script: "default-src 'none'; style-src
// 'unsafe-inline'; sandbox".
func (r *Renderer) Assets() map[string]Asset { return maps.Clone(r.assets) }

func buildAssets(b brand.Brand) (map[string]Asset, links, error) {
	if err := b.Check(); err != nil {
		return nil, links{}, err
	}
	assets := map[string]Asset{}
	add := func(stem, ext, contentType string, body []byte) string {
		sum := sha256.Sum256(body)
		name := stem + "-" + hex.EncodeToString(sum[:8]) + ext
		assets[name] = Asset{ContentType: contentType, Body: body}
		return name
	}
	l := links{LogoURL: b.LogoURL}
	for _, file := range []struct {
		link                   *string
		stem, ext, contentType string
	}{
		{&l.Style, "postern", ".css", "text/css; charset=utf-8"},
		{&l.Script, "postern", ".js", "text/javascript; charset=utf-8"},
		{&l.Icon, "icon", ".svg", "image/svg+xml"},
	} {
		body, err := static.ReadFile("static/" + file.stem + file.ext)
		if err != nil {
			return nil, links{}, fmt.Errorf("read asset: %w", err)
		}
		*file.link = add(file.stem, file.ext, file.contentType, body)
	}
	l.Brand = add("brand", ".css", "text/css; charset=utf-8", []byte(b.Stylesheet()))
	if contentType, ext := b.LogoType(); contentType != "" {
		l.Logo = add("logo", ext, contentType, b.Logo)
	}
	return assets, l, nil
}
