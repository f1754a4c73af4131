package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// maxAnswers is how many bytes a server may send in one session.
const maxAnswers = 1 << 20

var errTooMuch = errors.New("the server sent more than any mail server has to say")

// boundedConn limits the time of each read and write, and cuts off a flood of
// answers before it fills the memory.
type boundedConn struct {
	net.Conn
	patience time.Duration
	left     int
	// cutOff reports that something could not be written.
	cutOff bool
}

func (c *boundedConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTooMuch
	}
	if err := c.Conn.SetReadDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

func (c *boundedConn) Write(p []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	c.cutOff = c.cutOff || err != nil
	return n, err
}

// dial connects to the configured server and to nothing else (ASVS 13.2.4).
func (s *SMTP) dial(ctx context.Context) (*boundedConn, error) {
	dialer := net.Dialer{Timeout: s.config.Timeout}
	if s.config.PlainToLoopback {
		dialer.ControlContext = loopbackOnly
	}
	connect := s.connect
	if connect == nil {
		connect = func(ctx context.Context) (net.Conn, error) { return dialer.DialContext(ctx, "tcp", s.config.Addr) }
	}
	conn, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	return &boundedConn{Conn: conn, patience: s.config.Timeout, left: maxAnswers}, nil
}

// loopbackOnly refuses, before the first packet, an IP address that a name such as
// localhost resolves to but that is not on this machine.
func loopbackOnly(_ context.Context, _, address string, _ syscall.RawConn) error {
	peer, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read peer address: %w", err)
	}
	if !peer.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("%s is not a loopback address, and emails are not sent there without encryption", peer.Addr())
	}
	return nil
}
