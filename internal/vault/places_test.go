package vault

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryPlaceHasAKeyOfItsOwn(t *testing.T) {
	k := &ring{secret: []byte("thirty-two bytes, random or not.")}
	for _, other := range []struct {
		p     Purpose
		place string
	}{{HostValues, "b"}, {MailBodies, "a"}, {"session valuesa", ""}} {
		sealed := k.aead(HostValues, "a").Seal(nil, nil, []byte("plain"), nil)
		_, err := k.aead(other.p, other.place).Open(nil, nil, sealed, nil)
		require.Error(t, err, "%v", other)
		plain, err := k.aead(HostValues, "a").Open(nil, nil, sealed, nil)
		require.NoError(t, err)
		require.Equal(t, "plain", string(plain))
	}
}
