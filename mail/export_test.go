package mail

import (
	"context"
	"net"
)

// SendTo delivers like Send, but to another host and port than the one configured,
// as if a name resolved to it.
func (s *SMTP) SendTo(ctx context.Context, addr string, m Message) error {
	redirected := *s
	redirected.config.Addr = addr
	return redirected.Send(ctx, m)
}

// SendOver delivers like Send, but over a connection that is already there.
func (s *SMTP) SendOver(ctx context.Context, conn net.Conn, m Message) error {
	over := *s
	over.connect = func(context.Context) (net.Conn, error) { return conn, nil }
	return over.Send(ctx, m)
}
