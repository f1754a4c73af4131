package judge

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/need"
)

// Violation is one accessibility rule that a page breaks.
type Violation struct {
	// Rule is axe's name for it; Impact is "serious" or "critical".
	Rule, Impact string
	// Help says what the rule requires.
	Help string
	// Targets are the selectors of the elements that break it.
	Targets []string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s: %s", v.Rule, v.Impact, v.Help, strings.Join(v.Targets, ", "))
}

// rules are the success criteria of WCAG 2.2 AA, and axe's advice beyond them.
const rules = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`

// collect runs axe and keeps serious and critical findings, which hinder people.
const collect = `axe.run({runOnly: ` + rules + `, resultTypes: ["violations"]}).then(r => r.violations
	.filter(v => v.impact === "serious" || v.impact === "critical")
	.map(v => ({rule: v.id, impact: v.impact, help: v.help,
		targets: v.nodes.map(n => n.target.join(" "))})))`

// Axe makes axe check the browser's current page in its current look (size, scheme,
// opened menus), and returns the serious and critical findings.
func Axe(t testing.TB, b *chrome.Browser) []Violation {
	t.Helper()
	source, err := os.ReadFile(need.Package(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatalf("check accessibility: %v", err)
	}
	var there bool
	b.Evaluate(`typeof axe === "object"`, &there)
	if !there {
		// Over the DevTools protocol, to which the page's policy does not apply.
		b.Evaluate(string(source)+";null", nil)
	}
	var violations []Violation
	b.Evaluate(collect, &violations)
	return violations
}
