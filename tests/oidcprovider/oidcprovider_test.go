package oidcprovider_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/oidcprovider"
)

func TestARotatedKeyIsGone(t *testing.T) {
	p := oidcprovider.Start(t)
	before := published(t, p)
	p.Rotate()
	after := published(t, p)
	require.Len(t, before, 1)
	require.Len(t, after, 1)
	require.NotEqual(t, before[0], after[0])
}

func published(t *testing.T, p *oidcprovider.Provider) (ids []string) {
	t.Helper()
	resp, err := http.Get(p.Issuer + "/jwks")
	require.NoError(t, err)
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	var set struct {
		Keys []struct {
			ID string `json:"kid"`
		}
	}
	require.NoError(t, json.Unmarshal(raw, &set))
	for _, k := range set.Keys {
		ids = append(ids, k.ID)
	}
	return ids
}
