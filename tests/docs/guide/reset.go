package guide

import (
	"context"
	"errors"
	"net/http"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// MemberLinks are the reset links of the community's own members.
func MemberLinks(st store.Store, key []byte) (*reset.Links, error) {
	// begin reset links
	links, err := reset.New(reset.Config{
		Store:   st,             // the office's store will do
		Purpose: "member-reset", // one of your own
		Key:     key,            // 32 random bytes, not the master secret
		SSO:     "",             // the URL of your company sign-in, which turns the links off
	})
	// end reset links
	return links, err
}

// Accounts are the community's own.
type Accounts interface {
	CheckNewPassword(plain string) error
	SetPassword(ctx context.Context, memberID, plain string) error
}

// PostReset takes the form behind a link.
func PostReset(links *reset.Links, accounts Accounts, w http.ResponseWriter, r *http.Request) {
	// begin redeem
	plain := r.PostFormValue("password")
	if err := accounts.CheckNewPassword(plain); err != nil { // first, everything that can fail
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	err := links.Redeem(r.Context(), r.PostFormValue("token"), func(ctx context.Context, memberID string) error {
		return accounts.SetPassword(ctx, memberID, plain) // and end their sessions
	})
	switch {
	case errors.Is(err, reset.ErrOff): // company sign-in: the page does not exist
		http.NotFound(w, r)
	case errors.Is(err, reset.ErrLink): // unknown, used or expired: one answer
		http.Error(w, "This link no longer works. Request a new one.", http.StatusUnprocessableEntity)
	case err != nil:
		http.Error(w, "Something went wrong. Please try again.", http.StatusServiceUnavailable)
	default:
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther) // without signing anyone in
	}
	// end redeem
}
