package backoffice_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

const formType = "application/x-www-form-urlencoded"

// sent is a body with its type.
type sent struct {
	kind string
	body []byte
}

func fields(text string) sent { return sent{formType, []byte(text)} }

// multi is a multipart form. A part is "name=value", "@name=" and the content of a file,
// or complete with its header and an empty line.
func multi(all ...string) sent {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, one := range all {
		header := textproto.MIMEHeader{}
		head, value, complete := strings.Cut(one, "\r\n\r\n")
		for line := range strings.SplitSeq(head, "\r\n") {
			name, text, _ := strings.Cut(line, ": ")
			header.Set(name, text)
		}
		if !complete {
			name, text, _ := strings.Cut(one, "=")
			file := ""
			if strings.HasPrefix(name, "@") {
				name, file = name[1:], `; filename="p.png"`
			}
			header, value = textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + name + `"` + file}}, text
		}
		w, _ := m.CreatePart(header)
		_, _ = io.WriteString(w, value)
	}
	_ = m.Close()
	return sent{m.FormDataContentType(), b.Bytes()}
}

// as is the same body with another type.
func (s sent) as(kind string) sent { return sent{kind, s.body} }

// cut is the body without its end.
func (s sent) cut(n int) sent { return sent{s.kind, s.body[:len(s.body)-n]} }

func zipped(s sent) sent {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(s.body)
	_ = w.Close()
	return sent{s.kind, b.Bytes()}
}

// got is what a host's handler found.
type got struct {
	body    []byte
	title   string
	file    int
	length  int64
	trailer string
	err     error
}

// hosting is an office whose host reads what is posted in every way that there is.
type hosting struct {
	*office
	ada   *person
	token string
	// found is what the last request brought to the host; nil if it did not arrive.
	found *got
}

func newHosting(t *testing.T) *hosting {
	h := &hosting{office: newOffice(t, func(c *backoffice.Config) { c.PolicyReports = true })}
	whole := func(_ http.ResponseWriter, r *http.Request) {
		h.found = &got{length: r.ContentLength}
		h.found.body, h.found.err = io.ReadAll(r.Body)
		h.found.trailer = r.Trailer.Get("X-Sum")
	}
	upstream := httptest.NewServer(http.HandlerFunc(whole))
	t.Cleanup(upstream.Close)
	h.Inside.HandleFunc("/whole", whole)
	h.Inside.Handle("/proxy", proxyTo(t, upstream))
	h.Inside.HandleFunc("/value", func(_ http.ResponseWriter, r *http.Request) {
		h.found = &got{title: r.PostFormValue("title")}
	})
	h.Inside.HandleFunc("/form", func(_ http.ResponseWriter, r *http.Request) {
		h.found = &got{}
		if h.found.err = r.ParseMultipartForm(1 << 20); r.MultipartForm != nil {
			for _, f := range r.MultipartForm.File["picture"] {
				h.found.file = int(f.Size)
			}
		}
		h.found.title = r.PostForm.Get("title")
	})
	h.Inside.HandleFunc("/parts", func(_ http.ResponseWriter, r *http.Request) {
		h.found = &got{}
		all, err := r.MultipartReader()
		for h.found.err = err; h.found.err == nil; {
			var p *multipart.Part
			if p, h.found.err = all.NextPart(); h.found.err == nil && p.FormName() == "title" {
				b, _ := io.ReadAll(p)
				h.found.title = string(b)
			}
		}
	})
	h.Inside.HandleFunc("/json", func(_ http.ResponseWriter, r *http.Request) {
		var v struct{ Title string }
		h.found = &got{err: json.NewDecoder(r.Body).Decode(&v)}
		h.found.title = v.Title
	})
	h.ada = h.Enrolled("Ada", backoffice.Moderator)
	h.token = h.ada.Get("/account").Form("/logout").Get("csrf")
	return h
}

// post sends a body, and returns the status. A change is made to the request before.
func (h *hosting) post(by *browser, path string, s sent, changes ...func(*http.Request)) int {
	h.T.Helper()
	h.found = nil
	r := by.Request(http.MethodPost, path, bytes.NewReader(s.body))
	r.Header.Set("Content-Type", s.kind)
	for _, change := range changes {
		change(r)
	}
	return by.Send(r).Status
}

func method(m string) func(*http.Request) { return func(r *http.Request) { r.Method = m } }

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// chunked leaves the length out.
func chunked(r *http.Request) { r.ContentLength, r.Body = -1, io.NopCloser(r.Body) }

func TestWhatIsPostedToTheHostNeedsTheToken(t *testing.T) {
	h := newHosting(t)
	tok := h.token
	big := "@picture=" + strings.Repeat("x", 1<<20)
	quoted := "Content-Disposition: form-data; name=\"csrf\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	nested := func(token string) string {
		inner := multi("csrf=" + token)
		return "Content-Disposition: form-data; name=\"more\"\r\nContent-Type: " + strings.Replace(inner.kind, "form-data", "mixed", 1) + "\r\n\r\n" + string(inner.body)
	}
	many := make([]string, 1000)
	for i := range many {
		many[i] = "n=1"
	}
	document := sent{"application/json", []byte(`{"title":"spam"}`)}
	type cases map[string]struct {
		sent
		status  int
		changes []func(*http.Request)
	}
	change := func(f ...func(*http.Request)) []func(*http.Request) { return f }
	all := cases{
		"a form":                           {fields("csrf=" + tok + "&title=spam"), 200, nil},
		"with the token last":              {fields("title=spam&csrf=" + tok), 200, nil},
		"with the token alone":             {fields("csrf=" + tok), 200, nil},
		"with an escaped name":             {fields("title=spam&%63srf=" + tok), 200, nil},
		"after a long field":               {fields("title=" + strings.Repeat("spam", 2<<10) + "&csrf=" + tok), 200, nil},
		"after a long name":                {fields(strings.Repeat("spam", 2<<10) + "=1&csrf=" + tok), 200, nil},
		"after a megabyte":                 {fields("title=" + strings.Repeat("spam", 1<<18) + "&csrf=" + tok), 200, nil},
		"a form in another charset":        {fields("csrf=" + tok + "&title=sp%E4m").as(formType + "; charset=iso-8859-1"), 200, nil},
		"what is broken after the token":   {fields("csrf=" + tok + "&title=%zz;"), 200, nil},
		"empty fields":                     {fields("&&=&a&csrf=" + tok + "&&"), 200, nil},
		"no field":                         {fields(""), 403, nil},
		"another token":                    {fields("csrf=" + tok + "x"), 403, nil},
		"half a token":                     {fields("csrf=" + tok[1:]), 403, nil},
		"a token in capitals":              {fields("csrf=" + strings.ToUpper(tok)), 403, nil},
		"another name":                     {fields("CSRF=" + tok + "&csrf[]=" + tok + "&x.csrf=" + tok), 403, nil},
		"a wrong token and a right one":    {fields("csrf=x&csrf=" + tok), 403, nil},
		"a right token and a wrong one":    {fields("csrf=" + tok + "&csrf=x"), 200, nil},
		"a broken escape":                  {fields("title=%zz&csrf=" + tok), 400, nil},
		"a semicolon":                      {fields("title=a;csrf=" + tok), 400, nil},
		"a token in a long field":          {fields("csrf=" + tok + strings.Repeat("x", 5000)), 403, nil},
		"a compressed form":                {zipped(fields("csrf=" + tok)), 403, change(header("Content-Encoding", "gzip"))},
		"compressed, in the header":        {zipped(fields("csrf=x")), 200, change(header("Content-Encoding", "gzip"), header("X-CSRF-Token", tok))},
		"a form that says it is itself":    {fields("csrf=" + tok), 200, change(header("Content-Encoding", "Identity"))},
		"a form, in chunks":                {fields("title=spam&csrf=" + tok), 200, change(chunked)},
		"a token in the address":           {fields("title=spam"), 403, change(func(r *http.Request) { r.URL.RawQuery = "csrf=" + tok })},
		"a wrong token in the header":      {fields("title=spam"), 403, change(header("X-CSRF-Token", "x"))},
		"a type that is none":              {fields("csrf=" + tok).as("form"), 403, nil},
		"no type":                          {fields("csrf=" + tok).as(""), 403, nil},
		"plain text":                       {fields("csrf=" + tok).as("text/plain"), 403, nil},
		"multipart":                        {multi("csrf="+tok, "title=spam", big), 200, nil},
		"multipart, with the token last":   {multi("title=spam", big, "csrf="+tok), 200, nil},
		"multipart, in chunks":             {multi(big, "csrf="+tok, "title=spam"), 200, change(chunked)},
		"multipart, in the header":         {multi(big, "title=spam"), 200, change(header("X-CSRF-Token", tok))},
		"multipart, quoted-printable":      {multi(quoted + "=" + fmt.Sprintf("%X", tok[0]) + tok[1:10] + "=\r\n" + tok[10:]), 200, nil},
		"multipart, in another charset":    {multi("Content-Disposition: form-data; name=csrf\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n" + tok), 200, nil},
		"multipart, wrong and right":       {multi("csrf=x", "csrf="+tok), 403, nil},
		"multipart, right and wrong":       {multi("csrf="+tok, "csrf=x"), 200, nil},
		"multipart without a token":        {multi("title=spam"), 403, nil},
		"multipart, the token as a file":   {multi("@csrf=" + tok), 403, nil},
		"multipart, the token not a field": {multi("Content-Disposition: attachment; name=csrf\r\n\r\n" + tok), 403, nil},
		"multipart in multipart":           {multi(nested(tok)), 403, nil},
		"multipart beside multipart":       {multi(nested("x"), "csrf="+tok), 200, nil},
		"multipart, a token without end":   {multi("csrf=" + tok + strings.Repeat("x", 5000)), 403, nil},
		"multipart, 999 parts before":      {multi(append(many[:999:999], "csrf="+tok)...), 200, nil},
		"multipart, 1000 parts before":     {multi(append(many[:1000:1000], "csrf="+tok)...), 413, nil},
		"multipart, cut after the token":   {multi("csrf="+tok, "title=spam").cut(20), 200, nil},
		"multipart, cut before the token":  {multi("title=spam", "csrf="+tok).cut(100), 400, nil},
		"multipart without an end":         {multi("title=spam").cut(4), 400, nil},
		"multipart that is empty":          {sent{kind: "multipart/form-data; boundary=x"}, 400, nil},
		"multipart without parts":          {sent{"multipart/form-data; boundary=x", []byte("--x--\r\n")}, 403, nil},
		"multipart without a boundary":     {multi("csrf=" + tok).as("multipart/form-data"), 400, nil},
		"multipart, a boundary of nothing": {multi("csrf=" + tok).as("multipart/form-data; boundary="), 400, nil},
		"multipart, another boundary":      {multi("csrf=" + tok).as("multipart/form-data; boundary=x"), 400, nil},
		"multipart of another kind":        {multi("csrf=" + tok).as("multipart/mixed; boundary=x"), 403, nil},
		"JSON":                             {document, 403, nil},
		"JSON, in the header":              {document, 200, change(header("X-CSRF-Token", tok))},
		"JSON, in chunks":                  {document, 200, change(header("X-CSRF-Token", tok), chunked)},
		"a page that is only asked for":    {fields("title=spam"), 200, change(method(http.MethodGet))},
		"the same, in chunks":              {fields("title=spam"), 200, change(method(http.MethodGet), chunked)},
		"from elsewhere":                   {fields("csrf=" + tok), 403, change(header("Sec-Fetch-Site", "same-site"))},
	}
	for _, m := range []string{"PUT", "PATCH", "DELETE", "POSTERN"} {
		all[m+" of a form"] = cases{"": {fields("title=spam&csrf=" + tok), 200, change(method(m))}}[""]
		all[m+" of a form without a token"] = cases{"": {fields("title=spam"), 403, change(method(m))}}[""]
		all[m+" of an upload"] = cases{"": {multi(big, "csrf="+tok), 200, change(method(m))}}[""]
		all[m+" of JSON"] = cases{"": {document, 200, change(method(m), header("X-CSRF-Token", tok))}}[""]
		all[m+" of JSON without a token"] = cases{"": {document, 403, change(method(m))}}[""]
	}
	for name, c := range all {
		for _, path := range []string{"/whole", "/proxy"} {
			require.Equal(t, c.status, h.post(h.ada.Browser, path, c.sent, c.changes...), "%s %s", name, path)
			require.Equal(t, c.status == 200, h.found != nil, "%s %s: only what is not refused reaches the host", name, path)
			if h.found == nil {
				continue
			}
			require.NoError(t, h.found.err, name)
			require.True(t, bytes.Equal(c.body, h.found.body), "%s %s: %d bytes of %d", name, path, len(h.found.body), len(c.body))
			require.Contains(t, []int64{-1, int64(len(c.body))}, h.found.length, name)
		}
	}
	require.Positive(t, h.Count("request.forged"))
}

func TestAFormIsThereInWhateverWayTheHostReadsIt(t *testing.T) {
	h := newHosting(t)
	over := httptest.NewUnstartedServer(h.Server.Config.Handler)
	over.EnableHTTP2 = true
	over.StartTLS()
	defer over.Close()
	h2 := h.ada.At(over)
	client := *h2.Client
	client.Transport = over.Client().Transport
	h2.Client = &client
	picture := "@picture=" + strings.Repeat("x", 3<<20)
	forms := map[string]sent{
		"token first": multi("csrf="+h.token, "title=spam", picture),
		"token last":  multi("title=spam", picture, "csrf="+h.token),
	}
	for _, by := range []*browser{h.ada.Browser, h2} {
		for name, form := range forms {
			for _, path := range []string{"/value", "/form", "/parts"} {
				for _, changes := range [][]func(*http.Request){nil, {chunked}, {header("X-CSRF-Token", h.token)}} {
					require.Equal(t, http.StatusOK, h.post(by, path, form, changes...), "%s %s", name, path)
					require.Equal(t, "spam", h.found.title, "%s %s", name, path)
					if path == "/form" {
						require.NoError(t, h.found.err)
						require.Equal(t, 3<<20, h.found.file)
					}
				}
			}
		}
		for _, path := range []string{"/value", "/form"} {
			require.Equal(t, http.StatusOK, h.post(by, path, fields("csrf="+h.token+"&title=spam")), path)
			require.Equal(t, "spam", h.found.title, path)
		}
		require.Equal(t, http.StatusOK, h.post(by, "/json", sent{"application/json", []byte(`{"title":"spam"}`)}, header("X-CSRF-Token", h.token)))
		require.Equal(t, "spam", h.found.title)
		require.Equal(t, http.StatusOK, h.post(by, "/whole", fields("csrf="+h.token), chunked, func(r *http.Request) { r.Trailer = http.Header{"X-Sum": {"1"}} }))
		require.Equal(t, "1", h.found.trailer, "what follows the body")
	}

	t.Run("even where middleware outside has parsed it", func(t *testing.T) {
		var parse func(*http.Request) error
		outside := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = parse(r)
			h.Server.Config.Handler.ServeHTTP(w, r)
		}))
		defer outside.Close()
		by := h.ada.At(outside)
		for name, parsing := range map[string]func(*http.Request) error{
			"all":   func(r *http.Request) error { return r.ParseMultipartForm(1 << 20) },
			"query": (*http.Request).ParseForm,
		} {
			parse = parsing
			for _, form := range forms {
				require.Equal(t, http.StatusOK, h.post(by, "/form", form), name)
				require.Equal(t, []any{"spam", 3 << 20}, []any{h.found.title, h.found.file}, name)
			}
			require.Equal(t, http.StatusOK, h.post(by, "/form", fields("csrf="+h.token+"&title=spam")), name)
			require.Equal(t, "spam", h.found.title, name)
			inAddress := func(r *http.Request) { r.URL.RawQuery = "csrf=" + h.token }
			require.Equal(t, http.StatusForbidden, h.post(by, "/form", fields("title=spam"), inAddress), name)
			require.Equal(t, http.StatusForbidden, h.post(by, "/form", multi("title=spam"), inAddress), name)
		}
	})
}
