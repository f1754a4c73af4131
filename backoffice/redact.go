package backoffice

import (
	"io"
	"net/http"
	"net/url"
)

// Redact returns a text, such as a URL, a path or a line of a log, with "_office" in place
// of the alias, also where it is percent-encoded, so that "/4n3…/account" becomes
// "/_office/account". It does the same for a new alias that was not confirmed, and for
// former ones that this process has known. A random alias is replaced wherever it stands;
// one that someone chose, and which may be an ordinary word, where it is the first segment
// of a path, or the whole text. A text without an alias is returned as it is, and costs no
// allocation.
func (o *Office) Redact(text string) string { return o.desk.Aliases().Text(text) }

// RedactRequest returns a request as it may be logged, by a middleware or an error reporter
// around [Office.Wrap]: without the alias, the office's cookies and form token, and without
// body and form. It is a copy for that purpose alone: do not serve it. A request that has
// nothing to do with the office is returned as it is.
func (o *Office) RedactRequest(r *http.Request) *http.Request {
	u, uri := o.redactURL(r.URL), o.Redact(r.RequestURI)
	header, changed := o.server.Redacted(r.Header)
	if !changed && u == r.URL && uri == r.RequestURI {
		return r
	}
	came := r
	return (&http.Request{ // A copy would have what a router outside has matched.
		Method: came.Method, URL: u, Proto: came.Proto, ProtoMajor: came.ProtoMajor, ProtoMinor: came.ProtoMinor, Header: header, Body: http.NoBody,
		ContentLength: came.ContentLength, TransferEncoding: came.TransferEncoding, Close: came.Close, Host: came.Host,
		RemoteAddr: came.RemoteAddr, RequestURI: uri, Pattern: o.Redact(came.Pattern), TLS: came.TLS,
	}).WithContext(came.Context())
}

// redactURL returns a URL without the alias: the same if it has none.
func (o *Office) redactURL(u *url.URL) *url.URL {
	if u == nil {
		return nil
	}
	own := *u
	for _, part := range []*string{&own.Path, &own.RawPath, &own.RawQuery, &own.Opaque, &own.Fragment, &own.RawFragment} {
		*part = o.Redact(*part)
	}
	if own == *u {
		return u
	}
	return &own
}

// RedactWriter returns a writer that passes on lines with "_office" in place of the alias,
// as [Office.Redact] does: for log.New, gin.DefaultWriter and the like, which write a line
// at once. An alias whose parts are written one by one is not found.
func (o *Office) RedactWriter(to io.Writer) io.Writer { return redactWriter{o, to} }

type redactWriter struct {
	office *Office
	to     io.Writer
}

func (w redactWriter) Write(line []byte) (int, error) {
	own := line
	if aliases := w.office.desk.Aliases(); aliases.Near(line) {
		own = []byte(aliases.Text(string(line)))
	}
	if n, err := w.to.Write(own); err != nil {
		return min(n, len(line)), err
	}
	return len(line), nil
}
