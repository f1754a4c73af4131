package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// requestTime is how long one request to the provider may take.
	requestTime = 5 * time.Second
	// maxBody is the most bytes of an answer.
	maxBody = 1 << 20
)

// newClient returns the client for requests to the provider. It follows no redirect, so that
// the client secret and codes go nowhere else, and reads no more than maxBody.
func newClient(cfg Config) *http.Client {
	transport := cfg.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	return &http.Client{
		Transport: bounded{transport}, Timeout: requestTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded bounds the bodies of answers.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	w, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	w.Body = http.MaxBytesReader(nil, w.Body, maxBody)
	return w, nil
}

// getJSON reads a document of the provider.
func (p *Provider) getJSON(ctx context.Context, url string, into any) error {
	if err := checkURL(url, p.cfg.InsecurePlainHTTP); err != nil {
		return fmt.Errorf("%q %w", url, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	w, err := p.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = w.Body.Close() }()
	if w.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: status %d", url, w.StatusCode)
	}
	body, err := io.ReadAll(w.Body)
	if err != nil {
		return fmt.Errorf("GET %s: %w", url, err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return errors.New("GET " + url + ": not the JSON that was expected")
	}
	return nil
}
