package guide_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/tests/docs/guide"
)

// notebook remembers how far a reader has got, and stops at an event.
type notebook struct {
	codes []string
	last  int64
	at    string
	stop  func()
}

func (n *notebook) Last(context.Context) (int64, error) { return n.last, nil }

func (n *notebook) Handle(_ context.Context, e store.Event) error {
	n.codes, n.last = append(n.codes, e.Code), e.Seq
	if e.Code == n.at {
		n.stop()
	}
	return nil
}

// community bans members and counts them.
type community struct{ banned int }

func (c *community) Ban(context.Context, string) error { c.banned++; return nil }

func TestTheHooksOfTheGuideWork(t *testing.T) {
	outbox := &mail.Outbox{Dir: t.TempDir(), Sender: "office@community.example"}
	queue := make(chan store.Event, 1)
	cfg := guide.Hooked(queue)
	cfg.Origin, cfg.Secret, cfg.Store, cfg.Mail = "https://community.example", []byte("\x9e\x01 32 bytes, as good as random \x7f"), memstore.New(), outbox
	office, err := backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	_, err = office.CommandLine().Invite(t.Context(), "ada@community.example", "Ada", backoffice.SuperAdministrator)
	require.NoError(t, err)
	require.Equal(t, "alias.generated", (<-queue).Code, "what does not fit is left out")

	ctx, stop := context.WithCancel(t.Context())
	read := &notebook{at: "operator.invited", stop: stop}
	require.ErrorIs(t, guide.Follow(ctx, office, read), context.Canceled)
	require.Equal(t, []string{"alias.generated", "operator.invited"}, read.codes)

	require.NoError(t, cfg.Decide(t.Context(), backoffice.Access{IP: netip.MustParseAddr("192.0.2.1")}))
	require.Error(t, cfg.Decide(t.Context(), backoffice.Access{IP: netip.MustParseAddr("198.51.100.1")}))
	require.Error(t, cfg.Decide(t.Context(), backoffice.Access{}), "an address that is not known")

	require.NoError(t, guide.Remind(t.Context(), office, "nobody@community.example"))
	require.ErrorIs(t, guide.Remind(t.Context(), office, "ada@community.example"), backoffice.ErrChanged, "has not come in yet")
	c := &community{}
	require.NoError(t, guide.Ban(t.Context(), office, c, "m-1"))
	require.Equal(t, 1, c.banned)

	w := httptest.NewRecorder()
	guide.Leave(office)(w, httptest.NewRequest(http.MethodPost, "/team/ada/left", nil))
	require.Equal(t, http.StatusInternalServerError, w.Code, "outside the office nobody is signed in")
}
