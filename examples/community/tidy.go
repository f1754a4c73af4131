package main

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/community/garden"
)

// tidyEvery is how often the clean-up runs.
const tidyEvery = 24 * time.Hour

// tidyUp cleans up now and every day, until ctx ends.
func tidyUp(ctx context.Context, office *backoffice.Office, g *garden.Garden, log *slog.Logger) {
	for again := time.NewTicker(tidyEvery); ; {
		if err := tidy(ctx, office, g); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "old announcements not deleted", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// tidy deletes announcements that ended long ago. The audit log says so as it does of an
// operator who deletes one, and names the job.
func tidy(ctx context.Context, office *backoffice.Office, g *garden.Garden) error {
	old, err := g.Ended(ctx)
	if err != nil {
		return err
	}
	for _, a := range old {
		act := backoffice.Act{Code: "announcements.delete", Kind: "announcements", ID: strconv.FormatInt(a.ID, 10), Name: a.Title}
		err := office.As("tidy-up").Audited(ctx, act, func(ctx context.Context) error { return g.DeleteAnnouncement(ctx, a.ID) })
		if err != nil {
			return err
		}
	}
	return nil
}
