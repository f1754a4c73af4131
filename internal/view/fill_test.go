package view_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/view"
)

func TestAFormIsFilledWithWhatWasTyped(t *testing.T) {
	for name, c := range map[string]struct {
		form, want string
		values     url.Values
		changed    bool
	}{
		"a text box": {
			`<input name="name" id=n value="Ada">`, `<input name="name" id=n value="&#34;&lt;b&gt;&amp;" data-was="Ada">`,
			url.Values{"name": {`"<b>&`}}, true,
		},
		"a text box that is empty now": {`<input name="name" value="Ada" />`, `<input name="name" value="" data-was="Ada">`, url.Values{"name": {""}}, true},
		"as it is":                     {`<input name="name" value="Ada &amp; Co">`, `<input name="name" value="Ada &amp; Co">`, url.Values{"name": {"Ada & Co"}}, false},
		"not among what was typed":     {`<input name="name" value="Ada">`, `<input name="name" value="Ada">`, url.Values{"other": {"x"}}, false},
		"a text":                       {"<textarea name=t>\nold</textarea>", "<textarea name=t data-was=\"old\">\n\n&lt;/textarea&gt;</textarea>", url.Values{"t": {"\n</textarea>"}}, true},
		"line breaks as browsers send": {"<textarea name=t>a\nb</textarea>", "<textarea name=t>a\nb</textarea>", url.Values{"t": {"a\r\nb"}}, false},
		"ticks": {
			`<input type="checkbox" name="role" value="a" checked><input type="checkbox" name="role" value="b"><input type="checkbox" name="role" value="c" disabled>`,
			`<input type="checkbox" name="role" value="a" data-was="true"><input type="checkbox" name="role" value="b" checked data-was="false"><input type="checkbox" name="role" value="c" disabled>`,
			url.Values{"role": {"b", "c"}}, true,
		},
		"a tick without a value": {`<input type="checkbox" name="x">`, `<input type="checkbox" name="x" checked data-was="false">`, url.Values{"x": {"on"}}, true},
		"radio buttons": {
			`<input type="radio" name="r" value="a" checked><input type="radio" name="r" value="b"><input type="radio" name="s" value="a" checked>`,
			`<input type="radio" name="r" value="a" data-was="true"><input type="radio" name="r" value="b" checked data-was="false"><input type="radio" name="s" value="a" checked>`,
			url.Values{"r": {"b"}}, true,
		},
		"a list": {
			`<select name="s"><option value="a" selected>A</option><option value="b">B</option></select>`,
			`<select name="s" data-was="a"><option value="a">A</option><option value="b" selected>B</option></select>`,
			url.Values{"s": {"b"}}, true,
		},
		"a list that no longer has it": {
			`<select name="s"><option value="">None</option><option value="b" disabled>B</option></select>`,
			`<select name="s"><option value="">None</option><option value="b" disabled>B</option></select>`,
			url.Values{"s": {"b"}}, false,
		},
		"what the form was made from": {
			`<input type="hidden" name="version" value="7"><input type="hidden" name="csrf" value="t">`, `<input type="hidden" name="version" value="5"><input type="hidden" name="csrf" value="t">`,
			url.Values{"version": {"5"}, "csrf": {"old"}}, false,
		},
		"passwords and buttons": {
			`<input type="password" name="p"><button name="b" value="x">Go</button><input type="submit" name="c" value="y">`,
			`<input type="password" name="p"><button name="b" value="x">Go</button><input type="submit" name="c" value="y">`,
			url.Values{"p": {"secret"}, "b": {"y"}, "c": {"z"}}, false,
		},
		"another of its forms": {
			`<input type="hidden" name="action" value="confirm"><input name="alias">`, `<input type="hidden" name="action" value="confirm"><input name="alias">`,
			url.Values{"action": {"choose"}, "alias": {"x"}}, false,
		},
		"two boxes of one name": {`<input name="n"><input name="n">`, `<input name="n" value="a" data-was=""><input name="n" value="b" data-was="">`, url.Values{"n": {"a", "b"}}, true},
		"what only looks like tags": {
			`<!-- <input name="n"> --><script>"<input name='n'>"</script><title><input name="n"></title>3 < 4 <> <input name='n'>`,
			`<!-- <input name="n"> --><script>"<input name='n'>"</script><title><input name="n"></title>3 < 4 <> <input name='n' value="a" data-was="">`,
			url.Values{"n": {"a"}}, true,
		},
		"behind a letter that is longer in lower case": {
			`<TITLE>a</b></Title>İlker <textarea name=t>İ</TEXTAREA><input name=n>`, `<TITLE>a</b></Title>İlker <textarea name=t data-was="İ">` + "\n" + `I</TEXTAREA><input name=n value="a" data-was="">`,
			url.Values{"n": {"a"}, "t": {"I"}}, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			page := func(form string) string {
				return `<form method="get" action="/o/p"><input name="name"></form><form method=post action="/o/p">` + form + `</form><form method="post" action="/o/q"><input name="name" value=""></form>`
			}
			got, changed := view.Filling{Path: "/o/p", Values: c.values, MadeFrom: []string{"version"}}.Fill([]byte(page(c.form)))
			require.Equal(t, page(c.want), string(got))
			require.Equal(t, c.changed, changed)
		})
	}
}

func TestAControlElsewhereBelongsToTheFormThatItNames(t *testing.T) {
	const page = `<input name="n" form="f"><form id="f" method="POST" action="/o/list"><button formaction="/o/p">Go</button></form><input name="n" form="g"><input name="n">`
	got, changed := view.Filling{Path: "/o/p", Values: url.Values{"n": {"a"}}}.Fill([]byte(page))
	require.True(t, changed)
	require.Equal(t, 1, strings.Count(string(got), `value="a"`))
	require.True(t, strings.HasPrefix(string(got), `<input name="n" form="f" value="a" data-was="">`))
}

// FuzzFill: whatever the page and the values, no value becomes markup.
func FuzzFill(f *testing.F) {
	f.Add(`<input name=n value='x'><textarea name=n>a</textarea>`, `"><script>`)
	f.Add(`<select name=n><option>a<option selected>b</select><input name=n type=checkbox`, "a")
	f.Add(`<textarea name=n></TEXTAREA x><p title=">`, "</textarea>")
	f.Fuzz(func(t *testing.T, inside, value string) {
		page := `<form method=post action=/p>` + inside + `</form>`
		got, _ := view.Filling{Path: "/p", Values: url.Values{"n": {value}}, MadeFrom: []string{"n"}}.Fill([]byte(page))
		require.LessOrEqual(t, strings.Count(string(got), "<"), strings.Count(page, "<"))
	})
}
