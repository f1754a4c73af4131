package markup_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/testoffice/markup"
)

func TestAFormSendsWhatABrowserWould(t *testing.T) {
	for name, c := range map[string]struct {
		fields string
		sent   url.Values
	}{
		"boxes, also without quotes":      {`<input name=a value="1 &amp; 2"><INPUT TYPE='hidden' NAME='b' VALUE='x'/>`, url.Values{"a": {"1 & 2"}, "b": {"x"}}},
		"one name twice":                  {`<input name="a" value="1"><input name="a" value="2">`, url.Values{"a": {"1", "2"}}},
		"no name":                         {`<input value="1">`, url.Values{}},
		"not if disabled":                 {`<input name="a" value="1" disabled><select name="b" disabled><option>1</select>`, url.Values{}},
		"ticks":                           {`<input type="checkbox" name="a" value="1" checked><input type=checkbox name=a value=2><input type=checkbox name=b checked>`, url.Values{"a": {"1"}, "b": {"on"}}},
		"a text":                          {"<textarea name=a>\n one &lt;b&gt; <b>\n</textarea>", url.Values{"a": {" one <b> <b>\n"}}},
		"no button":                       {`<button name="a" value="1">Save</button><input type="submit" name="b" value="Go">`, url.Values{}},
		"the first choice":                {`<select name="a"><option value="">None</option><option>Two  words</option></select>`, url.Values{"a": {""}}},
		"a choice without a value":        {`<select name="a"><option>One<option selected>Two  <b>words</b></select>`, url.Values{"a": {"Two words"}}},
		"choices":                         {`<select name="a" multiple><option selected>1</option><option>2</option><option selected>3</option></select>`, url.Values{"a": {"1", "3"}}},
		"what only looks like fields":     {`<!-- <input name=a> --><script>"<input name=b>"</script><textarea name=c><input name=d></textarea>`, url.Values{"c": {"<input name=d>"}}},
		"a field elsewhere that names it": {`<input name="a" form="other">`, url.Values{"outside": {"2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			forms := markup.Forms(`<p><form id="f" method="post" action="/x?a=1&amp;b">` + c.fields + `</form><input name="outside" form="f" value="2">`)
			require.Len(t, forms, 1)
			require.Equal(t, "/x?a=1&b", forms[0].Action)
			require.Equal(t, "POST", forms[0].Method)
			c.sent["outside"] = []string{"2"}
			require.Equal(t, c.sent, forms[0].Values())
		})
	}
}

func TestAPageThatEndsInTheMiddle(t *testing.T) {
	f := markup.Forms(`<form><input name=a value=1><textarea name=b>half</form>`)
	require.Equal(t, url.Values{"a": {"1"}, "b": {"half</form>"}}, f[0].Values())
}

func TestButtonsAreRead(t *testing.T) {
	f := markup.Forms(`<form enctype="multipart/form-data"><button name="a" value="1"> Save <i>now</i></button><button type="button">No</button><input type="submit" value="Go" formaction="/y"></form>`)[0]
	require.Equal(t, "GET", f.Method)
	require.True(t, f.Multipart)
	require.Equal(t, []markup.Control{
		{Kind: "submit", Name: "a", Value: "1", Text: "Save now"}, {Kind: "button", Text: "No"}, {Kind: "submit", Value: "Go", Text: "Go", Action: "/y"},
	}, f.Controls)
}

func TestElementsAreFound(t *testing.T) {
	const page = `<!doctype html><title>T &amp; t</title><style>p{}</style><h1 class="a b">One<br>two</h1>
		<div id="x"><div>in</div> after</div><p class=b>three <svg><title>no</title></svg></p><input id="i" class="b">`
	require.Equal(t, "T & t One two in after three", markup.Text(page))
	for selector, texts := range map[string][]string{
		"h1": {"One two"}, ".b": {"One two", "three", ""}, "p.b": {"three"}, "#x": {"in after"}, "div": {"in after", "in"}, "p#x": nil, "title": {"T & t", "no"},
	} {
		var found []string
		for _, e := range markup.Find(page, selector) {
			found = append(found, e.Text)
		}
		require.Equal(t, texts, found, selector)
	}
	require.Equal(t, "i", markup.Find(page, "input.b")[0].Attributes["id"])
}
