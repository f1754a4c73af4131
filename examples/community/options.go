package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
)

// options are what the command line says.
type options struct {
	addr, db, smtp, outbox, watch, breaches string
	sso                                     bool
	// languages are those of the office; nil for all.
	languages []string
	// addrGiven reports that addr is not the default.
	addrGiven bool
	// from is the network that the office is open from; invalid for all.
	from netip.Prefix
	// command is a break-glass subcommand with its arguments.
	command []string
}

const (
	defaultAddr   = "localhost:8080"
	defaultOutbox = "./outbox"
)

// parse reads the command line. What is wrong with it has been said on stderr.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("community", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.addr, "addr", defaultAddr, "listen on this `HOST:PORT`; port 0 takes a free one. A command\nleads to where the community was last served")
	flags.StringVar(&o.db, "db", "community.db", "keep everything in this SQLite `FILE`, and the master secret beside it")
	flags.BoolVar(&o.sso, "sso", false, "have members sign in with a pretended company sign-in")
	flags.StringVar(&o.smtp, "smtp", "", "send mail through the server at `HOST:PORT`; SMTP_USERNAME, SMTP_PASSWORD and\nSMTP_FROM in the environment are used when set")
	flags.StringVar(&o.outbox, "outbox", "", "put each mail into this `DIR` as an .eml file (default "+defaultOutbox+" without -smtp)")
	flags.StringVar(&o.watch, "watch", "", "serve health and metrics of the office on this `HOST:PORT` of the loopback")
	flags.StringVar(&o.breaches, "breaches", "", "refuse the passwords on a `LIST` of breached ones: \"online\" for the public service,\nor a file or folder that its official downloader wrote")
	flags.Func("languages", "speak these `LANGUAGES` in the office, such as de,en (default all)", func(tags string) error {
		o.languages = strings.Split(tags, ",")
		return nil
	})
	flags.TextVar(&o.from, "from", netip.Prefix{}, "open the back office from this `NETWORK` only, such as 127.0.0.0/8")
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.command = flags.Args()
	flags.Visit(func(f *flag.Flag) { o.addrGiven = o.addrGiven || f.Name == "addr" })
	err := o.check()
	if err != nil {
		fmt.Fprintln(stderr, "community:", err)
	}
	return o, err
}

const usage = `A small community and its back office.

  community [flags]            run both
  community [flags] COMMAND    help where nobody can sign in; "help" lists the commands

With OFFICE_DATABASE in the environment, the office is in that MySQL or MariaDB:
user:password@tcp(host:3306)/name

Flags:
`

func (o *options) check() error {
	if _, _, err := net.SplitHostPort(o.addr); err != nil {
		return fmt.Errorf("-addr %q: want HOST:PORT, such as %s", o.addr, defaultAddr)
	}
	if o.watch != "" {
		host, _, err := net.SplitHostPort(o.watch)
		if ip, _ := netip.ParseAddr(host); err != nil || host != "localhost" && !ip.IsLoopback() {
			return fmt.Errorf("-watch %q: want HOST:PORT of the loopback, such as localhost:9090", o.watch)
		}
	}
	if o.smtp != "" && o.outbox != "" {
		return errors.New("-smtp and -outbox: mail goes one way, choose one of them")
	}
	if o.smtp == "" && o.outbox == "" {
		o.outbox = defaultOutbox
	}
	return nil
}

// origin is where a browser on this machine reaches an address that is listened
// on, without a slash at the end.
func origin(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://" + addr
	}
	host = strings.ToLower(host)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	} else if ip != nil {
		host = ip.String() // the one spelling that browsers use
	}
	if port == "80" {
		if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
			host = "[" + host + "]"
		}
		return "http://" + host
	}
	return "http://" + net.JoinHostPort(host, port)
}
