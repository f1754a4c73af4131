package view

import "bytes"

// MenuIcons are the icons that a host may put beside an entry of the menu, by name. Each is
// a symbol in partials/icon.html.
var MenuIcons = []string{
	"bell", "book", "calendar", "cart", "chart", "clock", "file", "flag", "folder", "globe", "grid", "heart", "home", "image", "key",
	"link", "list", "mail", "megaphone", "message", "people", "person", "search", "shield", "sliders", "star", "tag", "tool",
}

// PartIcons are the icons that pages of hosts may show: those of the menu, and signs.
var PartIcons = append([]string{"alert", "check", "down", "info", "lock", "minus", "more", "out", "pause", "plus"}, MenuIcons...)

// The marks of the sprite, as partials/icon.html writes it.
var (
	spriteStart = []byte(`<svg class="sprite"`)
	spriteEnd   = []byte("</svg>")
	symbolStart = []byte(`<symbol id="`)
)

// usedIcons returns a page of ours without the shapes that it does not show: most pages
// show a few, and all of them together are longer than the shortest page.
func usedIcons(page []byte) []byte {
	start := bytes.Index(page, spriteStart)
	if start < 0 {
		return page
	}
	end := start + bytes.Index(page[start:], spriteEnd)
	if end < start {
		return page
	}
	kept := append(make([]byte, 0, len(page)), page[:start]...)
	for line := range bytes.Lines(page[start:end]) {
		if symbol, is := bytes.CutPrefix(line, symbolStart); is {
			name, _, _ := bytes.Cut(symbol, []byte(`"`))
			if !bytes.Contains(page, []byte(`href="#`+string(name)+`"`)) {
				continue
			}
		}
		kept = append(kept, line...)
	}
	return append(kept, page[end:]...)
}
