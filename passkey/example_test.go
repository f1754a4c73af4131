package passkey_test

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/passkey"
	"github.com/postern-go/postern/store/memstore"
)

// An office whose operators can use passkeys. In production Origin begins with https://, and
// InsecurePlainHTTP is left out.
func Example() {
	office, err := backoffice.New(context.Background(), backoffice.Config{
		Secret:            []byte("\x8f\x1c\x5e\xd2\x07\x4b\x96\xa3\x3d\xf0\x61\xc8\x29\xb7\x54\xea\x90\x02\x7d\x1f\xcb\x68\x35\xe4\xa9\x5c\x10\xfe\x43\x82\xbd\x76"), // 32 random bytes of your own
		Origin:            "http://localhost:8080",
		InsecurePlainHTTP: true,
		Store:             memstore.New(),
		Mail:              &mail.Outbox{Dir: "outbox"},
		Passkeys:          passkey.New(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(office != nil)
	// Output: true
}
