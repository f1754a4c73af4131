package oidc

import "time"

// SetClock replaces the clock by which documents of the provider age.
func (p *Provider) SetClock(now func() time.Time) { p.now = now }
