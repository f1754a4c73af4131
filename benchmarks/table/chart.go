package main

import (
	"fmt"
	"strings"
)

// bar is one bar of the chart; ours are coloured.
type bar struct {
	name  string
	value float64
	ours  bool
}

// bars are what the chart shows, filled in by the rows that measure it.
type bars struct{ memory, sqlite, postgreSQL, signIns []bar }

// The chart's measures, in pixels.
const (
	chartWidth  = 800
	panelWidth  = chartWidth / 2
	panelHeight = 130
	labelWidth  = 118
	barHeight   = 18
	barGap      = 8
	longest     = 190
)

// The card has its own background in either scheme, because a page may be dark on a
// machine that is not.
const chartStyle = `<style>
.card{fill:#fff;stroke:#d0d7de}text{font:13px system-ui,sans-serif;fill:#1f2328}.head{font-weight:600}.ours{fill:#0f766e}.theirs{fill:#a3adb8}
@media(prefers-color-scheme:dark){.card{fill:#161b22;stroke:#30363d}text{fill:#e6edf3}.ours{fill:#2dd4bf}.theirs{fill:#6e7681}}
</style>`

// chart draws the bars as SVG: four panels, each on a scale of its own.
func (b bars) chart() string {
	panels := []struct {
		title, unit string
		bars        []bar
	}{
		{"Guarded request in memory, less is better", "µs", b.memory},
		{"Sign-ins a second, 4 replicas, more is better", "/s", b.signIns},
		{"Guarded request on SQLite, less is better", "µs", b.sqlite},
		{"Guarded request on PostgreSQL, less is better", "µs", b.postgreSQL},
	}
	const height = 2 * panelHeight
	var s strings.Builder
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="Guarded requests and sign-ins, as bars">`+"\n%[3]s\n", chartWidth, height, chartStyle)
	fmt.Fprintf(&s, `<rect class="card" x="0.5" y="0.5" width="%d" height="%d" rx="8"/>`+"\n", chartWidth-1, height-1)
	for i, p := range panels {
		x, y := i%2*panelWidth+20, i/2*panelHeight+28
		fmt.Fprintf(&s, `<text class="head" x="%d" y="%d">%s</text>`+"\n", x, y, p.title)
		most := 0.0
		for _, bar := range p.bars {
			most = max(most, bar.value)
		}
		for j, bar := range p.bars {
			top, class := y+12+j*(barHeight+barGap), "theirs"
			if bar.ours {
				class = "ours"
			}
			width := max(2, bar.value/most*longest)
			fmt.Fprintf(&s, `<text x="%d" y="%d">%s</text><rect class="%s" x="%d" y="%d" width="%.0f" height="%d" rx="2"/><text x="%.0f" y="%d">%s</text>`+"\n",
				x, top+14, bar.name, class, x+labelWidth, top, width, barHeight, float64(x+labelWidth)+width+6, top+14, bar.text(p.unit))
		}
	}
	s.WriteString("</svg>\n")
	return s.String()
}

func (b bar) text(unit string) string {
	if b.value < 20 {
		return fmt.Sprintf("%.1f %s", b.value, unit)
	}
	return fmt.Sprintf("%.0f %s", b.value, unit)
}
