package store

import (
	"context"
	"time"
)

// Browser is a browser that has signed in to an operator's account, or has used a link
// mailed to the operator, and is recognised by a token in a cookie. The token gives no
// access: attempts that come with it are only counted apart from those of strangers. See
// docs/security.md.
type Browser struct {
	// Digest is that of the token that the browser was given last. It changes with each
	// sign-in; ID does not, and is what pages, audit entries and counters refer to.
	Digest Digest
	// Previous is the digest of the token before, which still finds the browser, because
	// the answer with the new one may not have arrived. Zero if none.
	Previous   Digest
	ID         string
	OperatorID string
	// CreatedAt is when the browser became known, SeenAt when it last signed in.
	CreatedAt, SeenAt time.Time
	// IP and UserAgent are those of the last sign-in.
	IP, UserAgent string
}

// Browsers reads known browsers; [SignIns] finds the one of a sign-in.
type Browsers interface {
	// ListBrowsers returns at most 100 of the operator's browsers, last seen first.
	ListBrowsers(ctx context.Context, operatorID string) ([]Browser, error)
}

// PutBrowser creates a browser, or replaces the operator's browser with its ID, which its
// earlier digests then no longer find. If the operator then has more than Keep browsers,
// those seen longest ago are deleted, but never this one; if Keep is 0 or less, there is
// no limit. It fails with ErrNotFound if the operator does not exist, and with ErrExists
// if Digest, or the ID, is another browser's.
type PutBrowser struct {
	Browser Browser
	Keep    int
}

// DeleteBrowsers deletes browsers of an operator: the one with the ID, or, if All is
// set, all except the one whose ID is Except. If MustExist is set, it fails with
// ErrNotFound if it deletes none.
type DeleteBrowsers struct {
	OperatorID string
	ID         string
	All        bool
	Except     string
	MustExist  bool
}

func (PutBrowser) isWrite()     {}
func (DeleteBrowsers) isWrite() {}
