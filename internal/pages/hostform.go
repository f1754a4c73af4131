package pages

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
)

const (
	// maxHostBody is the most bytes of a body for the host.
	maxHostBody = 16 << 20
	// maxParts is the most parts of a multipart form that come before the token, as
	// many as net/http takes.
	maxParts = 1000

	// maxToken is more than a token has.
	maxToken = 1 << 10

	urlEncoded = "application/x-www-form-urlencoded"
)

// boundHostBody bounds the body for the host, except that of a stream in both
// directions. Beyond the bound, the host reads an [http.MaxBytesError].
func (c *call) boundHostBody() (err error) {
	if !c.extendedConnect() && (c.unsafe() || c.r.ContentLength != 0) {
		c.inner.Body, err = c.bounded(c.inner.Body, maxHostBody)
	}
	return err
}

// tokenInHeader reports whether a script sent a token in a header. It may be wrong.
func (c *call) tokenInHeader() bool {
	for _, name := range &tokenHeaders {
		if len(c.r.Header[name]) > 0 {
			return true
		}
	}
	return false
}

// readHostForm finds the token in a request to the host's pages: in a header, or in
// a form, which is read only as far as its token. The host gets the body as it came.
// Any other body is not touched, and without the header its request is refused.
func (c *call) readHostForm() error {
	c.form = url.Values{}
	if _, ok := c.formMade(session); ok || c.tokenless() {
		return nil // in a header, or not needed
	}
	if len(c.r.PostForm) > 0 || c.r.MultipartForm != nil {
		c.form = c.r.PostForm // Middleware outside has read the body.
		return nil
	}
	kind, parameters, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	find := tokenInFields
	switch {
	case c.encoded():
		return nil
	case kind == "multipart/form-data":
		find = func(body io.Reader) (string, error) { return tokenInParts(body, parameters["boundary"]) }
	case kind != urlEncoded:
		return nil
	}
	c.kept = &spool{ReadCloser: c.inner.Body}
	token, err := find(c.kept)
	if c.kept.lost != nil {
		return c.kept.lost
	}
	if err != nil {
		return unreadable(err)
	}
	// The bound begins anew. Only of a reader of this type does ParseForm take more
	// than 10 MB.
	c.inner.Body = http.MaxBytesReader(c.w, c.kept.again(), maxHostBody)
	c.form.Set(tokenField, token)
	return nil
}

var (
	errEscape   = errors.New("malformed field")
	errBoundary = errors.New("no boundary")
)

// tokenInFields finds the first token in a form of one line. A field longer than the
// buffer holds none.
func tokenInFields(body io.Reader) (string, error) {
	fields := bufio.NewReader(body)
	for long := false; ; {
		field, err := fields.ReadSlice('&')
		if err == bufio.ErrBufferFull {
			long = true
			continue
		}
		if err != nil && err != io.EOF {
			return "", err
		}
		if !long {
			name, value, _ := bytes.Cut(bytes.TrimSuffix(field, []byte("&")), []byte("="))
			key, malformed := url.QueryUnescape(string(name))
			token, malformedToo := url.QueryUnescape(string(value))
			if malformed != nil || malformedToo != nil || bytes.ContainsRune(field, ';') {
				return "", errEscape
			}
			if key == tokenField {
				return token, nil
			}
		}
		if long = false; err == io.EOF {
			return "", nil
		}
	}
}

// tokenInParts finds the first token in a multipart form.
func tokenInParts(body io.Reader, boundary string) (string, error) {
	if boundary == "" {
		return "", errBoundary
	}
	parts := multipart.NewReader(body, boundary)
	for range maxParts {
		part, err := parts.NextPart()
		if err == io.EOF {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		if part.FormName() == tokenField && part.FileName() == "" {
			token, err := io.ReadAll(io.LimitReader(part, maxToken))
			return string(token), err
		}
	}
	return "", multipart.ErrMessageTooLarge
}

// removeFiles removes the files of a form: that of what was read for its token, and
// what the host did not take of the uploads. net/http does so for its own request; the
// host got a copy.
func (c *call) removeFiles() {
	var errs []error
	if c.kept != nil {
		errs = append(errs, c.kept.remove())
	}
	if c.inner.MultipartForm != nil && c.r.MultipartForm == nil {
		errs = append(errs, c.inner.MultipartForm.RemoveAll())
	}
	if err := errors.Join(errs...); err != nil {
		c.Desk.Log.ErrorContext(c.ctx(), "uploaded files not removed", "request", c.visit.RequestID, "error", err)
	}
}
