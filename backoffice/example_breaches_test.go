package backoffice_test

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/postern-go/postern/backoffice"
)

// rangeSearch asks a service that knows breached passwords by their SHA-1. Only
// the first five of forty digits leave the building; the service answers with
// every hash that begins so, and the comparison is made here.
type rangeSearch struct{ URL string }

func (s rangeSearch) Breached(ctx context.Context, password string) (bool, error) {
	sum := sha1.Sum([]byte(password))
	digits := strings.ToUpper(hex.EncodeToString(sum[:]))
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/range/"+digits[:5], nil)
	if err != nil {
		return false, fmt.Errorf("ask for breached passwords: %w", err)
	}
	r.Header.Set("Add-Padding", "true") // so that the length of the answer tells nothing
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false, fmt.Errorf("ask for breached passwords: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return false, fmt.Errorf("ask for breached passwords: %s", answer.Status)
	}
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		rest, count, _ := strings.Cut(lines.Text(), ":")
		if rest == digits[5:] && count != "0" {
			return true, nil
		}
	}
	return false, lines.Err()
}

// Passwords that became public elsewhere are refused, by a service that learns
// neither the password nor a hash of it.
func ExampleConfig_breaches() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "1E4C9B93F3F0682250B6CF8331B7EE68FD8:52256179")
	}))
	defer service.Close()
	cfg := backoffice.Config{Breaches: rangeSearch{service.URL}}

	for _, password := range []string{"password", "orbit velvet canyon 93 maple"} {
		found, err := cfg.Breaches.Breached(context.Background(), password)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(found)
	}
	// Output:
	// true
	// false
}
