package browse

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http/httptest"
	"sync"
	"time"
)

// certificate is that of all sites. The one of httptest has an RSA key, with which a
// connection takes ten times as long to open. It is made before any test begins, so that the
// first site of a test whose random numbers are set draws the same as all others.
var certificate, errCertificate = newCertificate()

func newCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		DNSNames: []string{"example.com", "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// usual is the certificate of servers that tests start beside a site, which its browsers
// accept too.
var usual = sync.OnceValue(func() *x509.Certificate {
	srv := httptest.NewTLSServer(nil)
	defer srv.Close()
	return srv.Certificate()
})
