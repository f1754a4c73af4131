package faults_test

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy passes TCP connections on to a target, until it is told to swallow
// everything: then both sides wait, as when a cable is pulled.
type proxy struct {
	addr, target string

	mu      sync.Mutex
	flowing *sync.Cond
	hole    bool
}

// startProxy starts a proxy to a target until the test ends.
func startProxy(t *testing.T, target string) *proxy {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{addr: listener.Addr().String(), target: target}
	p.flowing = sync.NewCond(&p.mu)
	t.Cleanup(func() {
		p.set(false)
		listener.Close()
	})
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p
}

func (p *proxy) set(hole bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hole = hole
	p.flowing.Broadcast()
}

// wait returns once packets get through.
func (p *proxy) wait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.hole {
		p.flowing.Wait()
	}
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	p.wait()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	done := make(chan struct{}, 2)
	pass := func(to, from net.Conn) {
		defer func() { done <- struct{}{} }()
		buffer := make([]byte, 32<<10)
		for {
			n, err := from.Read(buffer)
			p.wait()
			if n > 0 {
				if _, err := to.Write(buffer[:n]); err != nil {
					return
				}
			}
			if err == io.EOF || err != nil {
				return
			}
		}
	}
	go pass(server, client)
	go pass(client, server)
	<-done
}
