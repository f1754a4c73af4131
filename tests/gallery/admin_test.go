package gallery_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/gallery"
	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

func TestMenusOfRowsHinderNobody(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	for _, look := range []chrome.Shot{{Width: 1280}, {Width: 390, Height: 844, Phone: true, Dark: true}} {
		visit(b, site, "office-operators-filled", look)
		b.Click("tr:nth-child(4) .menu-row > summary")
		require.True(t, shown(b, "tr:nth-child(4) .menu-panel"))
		over := evaluate[float64](b, `(() => {
			const r = document.querySelector('tr:nth-child(4) .menu-panel').getBoundingClientRect();
			return Math.max(-r.left, r.right - document.documentElement.clientWidth);
		})()`)
		require.LessOrEqual(t, over, 0.0, "pixels beyond the side")
		last := evaluate[string](b, `(() => {
			const link = document.querySelector('tr:nth-child(4) .menu-panel li:last-child a');
			link.scrollIntoView({block: 'center'});
			const r = link.getBoundingClientRect();
			return document.elementFromPoint(r.left + 8, r.top + 8).textContent;
		})()`)
		require.Equal(t, "Disable", last, "the end of the menu is on top and not cut off")
		b.Evaluate(`scrollTo(0, 0)`, nil) // or the bar, which stays in sight, cuts off a filter
		for _, violation := range judge.Axe(t, b) {
			t.Error(violation)
		}
		if *shots != "" {
			look.File = filepath.Join(*shots, fmt.Sprintf("open-row-%d.png", look.Width))
			b.Screenshot(look)
		}
	}
}

func TestAGroupIsTickedAtOnce(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.Open(site + "office-role-filled")
	ticked := func() []string {
		return evaluate[[]string](b, `[...document.querySelectorAll('#group-0 input:checked')].map(i => i.value)`)
	}
	mixed := func() bool { return evaluate[bool](b, `document.querySelector('#group-0-all').indeterminate`) }
	require.Equal(t, []string{"operators.view"}, ticked())
	require.True(t, mixed(), "some are ticked")
	b.Click("#group-0-all")
	require.Equal(t, []string{"operators.view", "operators.manage", "roles.manage"}, ticked(), "what cannot be given stays as it is")
	require.False(t, mixed())
	b.Click("#group-0-all")
	require.Empty(t, ticked())
	require.False(t, shown(b, "[data-group=group-1]"), "nothing to tick there")
}

func TestOneOfManyPermissionsIsFound(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.Open(site + "office-role-long")
	require.Equal(t, "14 of 131 permissions ticked", b.Text("[data-ticked-all]"))
	require.Equal(t, "1 of 3", b.Text("#section-group-3 [data-ticked]"))
	b.Click("#group-5-all")
	require.Equal(t, "23 of 131 permissions ticked", b.Text("[data-ticked-all]"))
	require.Equal(t, "10 of 10", b.Text("#section-group-5 [data-ticked]"))

	labels := func() []string {
		return evaluate[[]string](b, `[...document.querySelectorAll('[data-matrix] input[name=permission]')].filter(i => i.checkVisibility()).map(i => i.value)`)
	}
	b.Fill("#find-permission", "Survey  export")
	require.Equal(t, []string{"surveys.export"}, labels(), "all of the words, in any order")
	require.Equal(t, "1 found", b.Text("[data-found]"))
	b.Press(chrome.Enter)
	require.Equal(t, site+"office-role-long", b.Location(), "looking for something sends nothing")
	b.Fill("#find-permission", "nothing like it")
	require.Empty(t, labels())
	require.Equal(t, "None has these words.", b.Text("[data-found]"))
	b.Evaluate(`(() => {
		const input = document.getElementById('find-permission');
		input.value = '';
		input.dispatchEvent(new Event('input'));
	})()`, nil)
	require.Len(t, labels(), 131)
	b.Fill("#find-permission", "badges")
	b.Submit("form.form-wide .actions button")
	require.Equal(t, "POST "+gallery.Base+"/roles/press", b.Text("h1"), "what is out of sight is sent all the same")
	require.Contains(t, b.Text("p"), "permission=surveys.see")
}

func TestAColourIsChosenOrTyped(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.Open(site + "office-parameters_section-look")
	palette := func() string { return b.Value(".palette") }
	require.Equal(t, "#7a1f5c", palette())
	b.Evaluate(`(() => {
		const palette = document.querySelector('.palette');
		palette.value = '#123456';
		palette.dispatchEvent(new Event('input', {bubbles: true}));
	})()`, nil)
	require.Equal(t, "#123456", b.Value(`[id="field-office.accent"]`))
	require.Equal(t, "Colour: #7a1f5c → #123456", b.Text("[data-changes]"))
	b.Fill(`[id="field-office.accent"]`, "#ABCDEF")
	require.Equal(t, "#abcdef", palette())
	b.Fill(`[id="field-office.accent"]`, "blue")
	require.Equal(t, "#abcdef", palette(), "what is no colour changes nothing")
	b.Click(`button[value="office.accent"]`)
	require.Equal(t, "#0f5f66", palette())
	require.Equal(t, "#0f5f66", b.Value(`[id="field-office.accent"]`))
	b.Open(site + "office-parameters_section-two-factor")
	b.Click(`button[value="two_factor.from"]`)
	require.Empty(t, b.Value(`[id="field-two_factor.from"]`), "no day")
}

func TestAMistakeAmongManyParametersIsNamed(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.Open(site + "office-parameters_section-refused")
	b.Wait("[aria-invalid=true]:focus")
	require.Contains(t, b.Text("#error-summary"), "fields need a change")
	b.Click("#error-summary a")
	b.Wait(`[id="field-password.min_length"]:focus`)
}

func TestCopyingIsSaid(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.AllowClipboard()
	b.Open(site + "office-operator_link_shown-plain")
	b.Click("[data-copy]")
	b.Wait("body > [role=status]:not(:empty)")
	require.Equal(t, "Copied", b.Text("[data-copy]"))
	require.Equal(t, "Copied", b.Text("body > [role=status]"))
	require.Contains(t, b.Clipboard(), gallery.Base+"/reset#")
}

func TestTheBarSaysWhatChanges(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.Open(site + "office-parameters_section-passwords")
	require.False(t, shown(b, ".savebar"), "nothing changed yet")
	length, age := `[id="field-password.min_length"]`, `[id="field-password.max_age"]`
	b.Choose(length, "20")
	require.True(t, shown(b, ".savebar"))
	require.Equal(t, "Minimum length: Automatic: 15 characters → 20 characters", b.Text("[data-changes]"))
	require.False(t, shown(b, length+" ~ .custom"))
	b.Choose(length, "custom")
	require.True(t, shown(b, length+" ~ .custom"))
	// Fill would clear the attribute too, and with it what Undo goes back to.
	b.Evaluate(`(() => {
		const input = document.getElementById('field-password.min_length-custom');
		input.value = '13';
		input.dispatchEvent(new Event('input', {bubbles: true}));
	})()`, nil)
	require.Equal(t, "Minimum length: Automatic: 15 characters → 13 characters", b.Text("[data-changes]"))
	b.Click(`[id="field-password.upper"]`)
	b.Click(`[id="field-password.lower"] + label`)
	require.Contains(t, b.Text("[data-changes]"), "; Lower-case letter: Off → On; Upper-case letter: Off → On")
	require.Equal(t, "On", b.Text(`[id="field-password.lower"] + label`))

	b.Click(`button[value="password.max_age"]`)
	require.Equal(t, site+"office-parameters_section-passwords", b.Location(), "a default comes back without a request")
	require.Equal(t, "0", b.Value(age))
	require.Contains(t, b.Text("[data-changes]"), "; +1")

	b.Open(site + "office-parameters_section-refused")
	require.Equal(t, "Minimum length: Automatic: 15 characters → 7 characters; Maximum age: 90 days → soon days", b.Text("[data-changes]"), "what was typed before is not saved")

	b.Open(site + "office-parameters_section-passwords")
	b.Choose(age, "180d")
	b.Click(".savebar button[type=reset]")
	b.Evaluate(`new Promise(done => setTimeout(done, 20))`, nil)
	require.False(t, shown(b, ".savebar"))
	require.Equal(t, "90d", b.Value(age))
}

func TestParametersAreFoundAsOneTypes(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.Open(site + "office-parameters-filled")
	names := func() []string {
		return evaluate[[]string](b, `[...document.querySelectorAll(".found li")].filter(row => row.checkVisibility()).map(row => row.querySelector("b").textContent)`)
	}
	types := func(text string) {
		b.Evaluate(`(() => {
			const input = document.getElementById("find");
			input.value = "`+text+`";
			input.dispatchEvent(new Event("input", {bubbles: true}));
		})()`, nil)
	}
	require.Empty(t, names())
	types("Rate-limit ip")
	require.Equal(t, []string{"Requests from one IP address", "Failures from one IP address", "Names from one IP address"}, names())
	require.Equal(t, "Found: 3", b.Text("#found"))
	require.False(t, shown(b, "[data-overview]"))
	types("second_admin_alias")
	require.Equal(t, []string{"Office address"}, names())
	types("banana")
	require.Empty(t, names())
	require.Equal(t, "No parameter has these words.", b.Text("#found"))
	types("")
	require.True(t, shown(b, "[data-overview]"))

	b.Open(site + "office-parameters-filled#field-session.idle")
	b.Wait("body:not(:has([data-finder]))")
	require.Contains(t, b.Text("h1"), "GET "+gallery.Base+"/parameters/session-limits", "a link to a parameter goes on to its page")
}

func TestTheOfficeCanBeRunWithoutScript(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.DisableScript()
	for _, page := range []string{"office-operator_link_shown-plain", "office-parameters_section-look", "office-role-long"} {
		b.Open(site + page)
		for _, selector := range []string{"[data-copy]", "[data-changes]", "[data-group]", "[data-ticked]", "[data-ticked-all]", "[data-find]", ".palette"} {
			if b.Count(selector) > 0 {
				require.False(t, shown(b, selector), "%s has %s, which needs script", page, selector)
			}
		}
	}
	for _, tt := range []struct{ page, button, want string }{
		{"office-parameters_section-passwords", ".savebar button[type=submit]", "POST " + gallery.Base + "/parameters/passwords"},
		{"office-parameters_section-invitations", `button[value="invite.life"]`, "POST " + gallery.Base + "/parameters/invitations"},
		{"office-parameters-filled", "[data-finder] button", "GET " + gallery.Base + "/parameters"},
		{"office-operators-filled", ".filters button", "GET " + gallery.Base + "/operators"},
		{"office-audit-filled", "button[value=csv]", "POST " + gallery.Base + "/audit/export"},
		{"office-home-new-alias", ".banner button", "POST /p9xk-7dqm-w2ht/parameters/address"},
	} {
		b.Open(site + tt.page)
		b.Submit(tt.button)
		require.Equal(t, tt.want, b.Text("h1"), tt.page)
	}
	b.Open(site + "office-operators-filled")
	b.Click("tr:nth-child(4) .menu-row > summary")
	require.True(t, shown(b, "tr:nth-child(4) .menu-panel"))
}

func TestNothingFocusedHidesBehindTheSaveBar(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	for _, look := range []chrome.Shot{{Width: 1280}, {Width: 390, Height: 844, Phone: true}} {
		visit(b, site, "office-parameters_section-passwords", look)
		b.Click(`[id="field-password.upper"]`) // so that the bar is there
		hidden := evaluate[[]string](b, `(() => {
			const bar = document.querySelector('.savebar').getBoundingClientRect();
			return [...document.querySelectorAll('[data-setting] :is(input, select, textarea, button, summary)')].filter(control => {
				control.focus();
				const r = control.getBoundingClientRect();
				return document.activeElement === control && r.bottom > bar.top + 1 && r.top < bar.bottom - 1
					&& getComputedStyle(document.querySelector('.savebar')).position === 'sticky'
					&& document.querySelector('.savebar').getBoundingClientRect().top < r.top;
			}).map(control => control.name);
		})()`)
		require.Empty(t, hidden, "WCAG 2.2, 2.4.11")
	}
}

// TestNothingFocusedHidesBehindWhatStaysInSight goes backwards through a long list, whose
// rows come from behind the bar and the head of the table.
func TestNothingFocusedHidesBehindWhatStaysInSight(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	for _, look := range []chrome.Shot{{Width: 1280}, {Width: 390, Height: 844, Phone: true}} {
		visit(b, site, "office-operators-many", look)
		hidden := evaluate[[]string](b, `(() => {
			scrollTo(0, document.documentElement.scrollHeight);
			const links = [...document.querySelectorAll('tbody :is(a, summary)')].filter(e => e.checkVisibility()).reverse();
			return links.filter(link => {
				link.focus();
				const r = link.getBoundingClientRect();
				const head = document.querySelector('thead'), table = getComputedStyle(head).position !== 'absolute';
				const bottom = Math.max(document.querySelector('.bar').getBoundingClientRect().bottom, table ? head.querySelector('th').getBoundingClientRect().bottom : 0);
				return document.activeElement === link && r.top < bottom - 12; // what pads a link may be behind it
			}).map(link => link.textContent);
		})()`)
		require.Empty(t, hidden, "WCAG 2.2, 2.4.11, %d pixels wide", look.Width)
		require.Equal(t, "sticky", evaluate[string](b, `getComputedStyle(document.querySelector('.bar')).position`))
	}
	b.Look(chrome.Shot{Width: 320, Height: 256})
	require.NotEqual(t, "sticky", evaluate[string](b, `getComputedStyle(document.querySelector('.bar')).position`), "it would take a fifth of what is magnified four times")
}
