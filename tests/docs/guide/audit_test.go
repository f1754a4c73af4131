package guide_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/tests/docs/guide"
)

// allotment is one garden.
type allotment struct{ closed bool }

func (a *allotment) Garden(_ context.Context, id string) (guide.Garden, error) {
	if id != "7" {
		return guide.Garden{}, errors.New("no such garden")
	}
	return guide.Garden{ID: id, Name: "Rose garden"}, nil
}

func (a *allotment) IsOpen(context.Context, string) (bool, error) { return !a.closed, nil }

func (a *allotment) Close(context.Context, string) error { a.closed = true; return nil }

func (a *allotment) Sweep(context.Context) (string, error) { return "3", nil }

func TestTheEntriesOfTheGuideAreWritten(t *testing.T) {
	outbox, err := mail.NewOutbox(t.TempDir(), "office@community.example")
	require.NoError(t, err)
	gardens := &allotment{}
	cfg := guide.Declared(gardens)
	cfg.Origin, cfg.Secret, cfg.Store, cfg.Mail = "https://community.example", []byte("\x9e\x01 32 bytes, as good as random \x7f"), memstore.New(), outbox
	office, err := backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	require.NoError(t, guide.Sweep(t.Context(), office, gardens))
	events, err := office.CommandLine().Events(t.Context(), 1, 10)
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.Equal(t, [...]string{"garden.swept", "job:nightly-sweep", "3"}, [...]string{events[0].Code, events[0].ActorID, events[0].Detail["after.removed"]})

	found, err := cfg.Events[1].Settle(t.Context(), backoffice.Act{ID: "7"})
	require.NoError(t, err)
	require.Equal(t, backoffice.FoundBefore, found)
	r := httptest.NewRequest(http.MethodPost, "/gardens/7/close", nil)
	r.SetPathValue("id", "7")
	w := httptest.NewRecorder()
	guide.CloseGarden(office, gardens)(w, r)
	require.Equal(t, http.StatusInternalServerError, w.Code, "outside the office nobody is signed in")
	require.False(t, gardens.closed, "and nothing is done")
}
