package resource

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// unavailable says of an error of the host's database that it does not respond, so that the
// page does as well. Any other fault is logged and has the page for faults.
func unavailable(err error) error {
	if err == nil || errors.Is(err, backoffice.ErrNotFound) {
		return err
	}
	var network net.Error
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, ErrTooSlow) || errors.As(err, &network) {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return err
}
