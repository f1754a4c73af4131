package mail

import "context"

// SendTo delivers like Send, but to another address than the one configured,
// as when a name resolves to it.
func (s *SMTP) SendTo(ctx context.Context, addr string, m Message) error {
	redirected := *s
	redirected.config.Addr = addr
	return redirected.Send(ctx, m)
}
