package testoffice

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// Request stores a request that waits for a second operator, under an id of the test's. It is
// for parameters that no longer are as it says, so it can be refused and withdrawn, and not
// approved.
func (r *Rig) Request(id, by, name string) {
	r.T.Helper()
	v, err := vault.New([][]byte{Secret()})
	require.NoError(r.T, err)
	text := `{"Act":"parameters","Parameters":{"Values":{"session.idle":"50m"},"Shown":{"session.idle":"10m"}},"Grave":["parameters"],"Asker":"` + name + `","Shown":"x"}`
	r.Write(store.PutToken{Token: store.Token{
		Digest: store.DigestOf("approval " + id), Purpose: store.PurposeApproval, Subject: id, CreatedBy: by, Home: "approval",
		CreatedAt: r.now(), ExpiresAt: r.now().Add(100 * 24 * time.Hour), Sealed: v.Seal(vault.Approvals, "tokens/approval/"+id, []byte(text)),
	}})
}
