package mail

import "context"

// SendTo delivers like Send, but to another host and port than the one configured,
// as if a name resolved to it.
func (s *SMTP) SendTo(ctx context.Context, addr string, m Message) error {
	redirected := *s
	redirected.config.Addr = addr
	return redirected.Send(ctx, m)
}
