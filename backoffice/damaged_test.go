package backoffice_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestALinkThatWasDamagedOnItsWay(t *testing.T) {
	theirs := []string{".html", "-all", "s", "&all", "-the-passwords-of-all-members-of-the-community"}
	o := newOffice(t, func(c *backoffice.Config) {
		c.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("host")) })
		c.Menu, c.Guards = nil, map[string]string{}
		for _, page := range []string{"/reset", "/welcome", "/setup"} {
			for _, theirs := range theirs {
				c.Guards[page+theirs] = backoffice.AnyOperator
			}
		}
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	stranger := o.Browser()
	stranger.Submit(stranger.Get("/forgot"), "/forgot", "email", "ada@example.org")
	token := o.LinkIn("reset")
	for _, page := range []string{"/reset", "/welcome", "/setup"} {
		for _, b := range []*browser{stranger, ada.Browser} {
			for _, junk := range []string{"%23", "%2523", "%252523", "/%23", "&%2335;", "&%23x23;", "&num;", "=23", "%3D23", "=3D23", "/", "//", "/%23/", "%EF%BC%83", "%26amp%3B%2335%3B", "%20%23", "%23%20", "%5C%23", "%E2%80%8B%23", "%3F", "%3Ftoken=", "?", "?token=", "*", ":", "="} {
				answer := b.Get(page + junk + token)
				require.Equal(t, http.StatusNotFound, answer.Status, junk)
				require.Contains(t, answer.Text(), "This link was damaged", junk)
				require.Equal(t, page, answer.Link("Open the page"), junk)
				require.NotContains(t, answer.Body, token[:20], junk)
				require.Empty(t, answer.Location, junk)
			}
			for _, junk := range []string{".", ")", "%3E", "%22", "'", ",", "%20", "%E2%80%9D", ".%29", "=", "&", "/", "!", "]", "%7D", ";", "*", "%0A", "=%0D%0A", "%E2%80%8B", "%E3%80%82", "%E2%80%A6", "%20%E2%80%94", "&gt;", "%26quot%3B", "&amp;", "%5C", "%7C", "-", "~"} {
				answer := b.Get(page + junk)
				require.Equal(t, http.StatusSeeOther, answer.Status, junk)
				require.Equal(t, page, answer.Location, junk)
			}
		}
		for _, theirs := range theirs {
			require.Equal(t, "host", ada.Get(page+theirs).Body, "a page of the host")
		}
	}
	_, err := o.CommandLine().Invite(ctx, "ben@example.org", "Ben", backoffice.Moderator)
	require.NoError(t, err)
	code, events := strings.Fields(o.LinkIn("welcome"))[0], len(o.Events())
	for _, typed := range []string{"", " ", "%20", "_"} {
		typed = strings.ReplaceAll(code, "-", typed)
		for _, before := range []string{"/", "/%23", "?", "?token=", "%20"} {
			for _, as := range []string{typed, strings.ToLower(typed)} {
				as = strings.ReplaceAll(as, " ", "+")
				if !strings.HasPrefix(before, "?") {
					as = strings.ReplaceAll(as, "+", "%20")
				}
				answer := stranger.Get("/welcome" + before + as)
				require.Equal(t, []any{http.StatusNotFound, ""}, []any{answer.Status, answer.Location}, as)
				require.Contains(t, answer.Text(), "This link was damaged")
			}
		}
	}
	require.NotContains(t, ada.Get("/welcome/"+strings.Repeat("members0", 3)+"page").Text(), "This link was damaged", "no code, though as long")
	require.NotContains(t, o.Log.String(), code[:9])
	require.NotContains(t, o.Log.String(), strings.ReplaceAll(code, "-", "")[:8])
	require.Equal(t, http.StatusSeeOther, stranger.Post("/reset%23"+token, nil).Status, "nothing is posted there")
	require.NotContains(t, o.Log.String(), token[:20])
	require.Len(t, o.Events(), events)

	pasted := o.Server.URL + o.Base + "/reset%23" + token
	asked := stranger.Use("/reset", pasted, better)
	require.Equal(t, pasted, asked.Form("/reset").Get("token"), "the address of that page can be pasted")
	digits := strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹").Replace(o.Code(ada.Secret))
	done := stranger.Submit(asked, "/reset", "password", better, "password_again", better, "code", digits[:6]+" "+digits[6:])
	require.Equal(t, "/login?done=reset", done.Location, done.Text())
}
