package gallery_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/gallery"
)

// login is what a password manager finds in a form.
type login struct{ username, current, fresh, again string }

// recognise finds the account and the passwords of a form by the rules of Chromium
// (components/password_manager, form_data_parser.cc): attributes come first. Without
// one that names the account, it is the last text field above the first password, the
// visible ones before the hidden, and "off" changes nothing. Firefox does the same.
func recognise(form []tag) (l login) {
	var texts []tag // above the first password
	var marked []tag
	passwords := 0
	for _, f := range form {
		kind, says := f.attributes["type"], f.attributes["autocomplete"]
		switch {
		case f.name != "input" || !slices.Contains([]string{"text", "email", "tel", "url", "search", "number", "password"}, kind):
		case kind != "password" && says == "username":
			marked = append(marked, f)
		case kind != "password":
			if passwords == 0 && says != "one-time-code" && !strings.HasPrefix(says, "cc-") {
				texts = append(texts, f)
			}
		default:
			passwords++
			name := f.attributes["name"]
			switch {
			case says == "current-password" && l.current == "":
				l.current = name
			case says == "new-password" && l.fresh == "":
				l.fresh = name
			case says == "new-password" && l.again == "":
				l.again = name
			}
		}
	}
	named := func(f tag) string {
		if name := f.attributes["name"]; name != "" {
			return name
		}
		return f.attributes["value"]
	}
	if len(marked) == 1 {
		l.username = named(marked[0])
		return l
	}
	slices.SortStableFunc(texts, func(a, b tag) int {
		_, hiddenA := a.attributes["hidden"]
		_, hiddenB := b.attributes["hidden"]
		return map[bool]int{true: -1}[hiddenA && !hiddenB] + map[bool]int{true: 1}[hiddenB && !hiddenA]
	})
	if len(texts) > 0 {
		l.username = named(texts[len(texts)-1])
	}
	return l
}

func TestPasswordManagersFindTheAccountAndThePasswords(t *testing.T) {
	want := map[string]login{
		"login":            {username: "login", current: "password"},
		"step_up":          {username: "ada@community.example", current: "password"},
		"account_password": {username: "ada@community.example", current: "current_password", fresh: "password", again: "password_again"},
		"setup":            {username: "email", fresh: "password", again: "password_again"},
		// These pages do not know whose link it is. The code in it is not the account.
		"welcome": {fresh: "password", again: "password_again"},
		"reset":   {fresh: "password", again: "password_again"},
	}
	forms := regexp.MustCompile(`(?s)<form[^>]*>.*?</form>`)
	seen := map[string]bool{}
	eachPage(t, func(t *testing.T, s gallery.State, html string) {
		for _, form := range forms.FindAllString(html, -1) {
			page := s.Page.Template()
			if !strings.Contains(form, `type="password"`) {
				require.NotContains(t, form, `autocomplete="username"`)
				continue
			}
			if s.Frame.Operator != nil {
				form = strings.ReplaceAll(form, `value="`+s.Frame.Operator.Email+`"`, `value="ada@community.example"`)
			}
			require.Contains(t, want, page)
			require.Equal(t, want[page], recognise(tags(t, form)))
			seen[page] = true
		}
	})
	require.Len(t, seen, len(want))
	require.Equal(t, "token", recognise(tags(t, `<input type="text" name="token" autocomplete="off"><input type="password" name="p">`)).username, "what this looks for")
}

// TestFieldsForCodesHaveTheKeyboardForThem looks for what would keep people from typing a
// code: a keyboard without letters where a recovery code is also taken, and limits.
func TestFieldsForCodesHaveTheKeyboardForThem(t *testing.T) {
	digitsOnly := []string{"enrol", "account_two_factor_add"}
	eachPage(t, func(t *testing.T, s gallery.State, html string) {
		for _, f := range tags(t, html) {
			name := f.attributes["name"]
			if f.name != "input" || f.attributes["type"] == "hidden" || name != "code" && name != "token" {
				continue
			}
			require.Equal(t, "text", f.attributes["type"])
			require.Equal(t, map[bool]string{true: "numeric"}[slices.Contains(digitsOnly, s.Page.Template())], f.attributes["inputmode"])
			require.Equal(t, map[string]string{"code": "one-time-code", "token": "off"}[name], f.attributes["autocomplete"])
			require.NotContains(t, f.attributes, "maxlength")
			require.NotContains(t, f.attributes, "pattern")
		}
	})
}
