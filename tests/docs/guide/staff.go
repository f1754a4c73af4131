package guide

import (
	"context"
	"log"

	"github.com/postern-go/postern/backoffice"
)

// MoveStaff gives access to everyone who had it in a framework that is replaced.
func MoveStaff(ctx context.Context, office *backoffice.Office, staff []string) {
	// begin staff
	for _, id := range staff { // SELECT id FROM users WHERE is_staff
		if err := office.CommandLine().Grant(ctx, id, backoffice.Moderator); err != nil {
			log.Printf("member %s: %v", id, err) // for example, they have access already
		}
	}
	// end staff
}
