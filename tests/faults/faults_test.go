package faults_test

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/smtpsink"
)

var (
	whole = flag.Bool("faults", false, "try every fault, with four replicas")
	only  = flag.String("only", "", "with -faults, try the faults whose name contains this")
)

// What is promised, whatever breaks.
const (
	// storeTime is Config.StoreTimeout: then the calm page comes.
	storeTime = 5 * time.Second
	// answerWithin bounds every answer of the office: its store work, and some
	// for what is not store work on a busy machine.
	answerWithin = storeTime + 2*time.Second
	// visitWithin bounds every answer of the community.
	visitWithin = time.Second
	// recoverWithin is the time until everything works on every replica again.
	recoverWithin = 10 * time.Second
	// mailWithin is the time in which every email is sent: a replica that died
	// is taken over, and what failed is tried again, within minutes.
	mailWithin = 4 * time.Minute
)

// fault is one way to break things.
type fault struct {
	name string
	// run breaks, waits and mends. It returns the replicas that were themselves
	// broken, which owe nobody an answer in the meantime.
	run func(c *cluster, l *load) (broken []*replica)
	// others must work again while the fault lasts, within the time that is
	// allowed for recovery: only the broken replicas are in it.
	othersGoOn bool
	// reads keep working throughout.
	readsGoOn bool
	// slow is how much longer than otherwise the others may take to notice.
	slow time.Duration
}

// hold is how long a fault lasts: longer than anything may wait for it.
const hold = 10 * time.Second

func during(f func()) func(*cluster, *load) []*replica {
	return func(*cluster, *load) []*replica { f(); return nil }
}

// onServer are the faults of a server and of replicas on it.
func onServer(s *server) []fault {
	locked := func(tables string) func(*cluster, *load) []*replica {
		return func(c *cluster, _ *load) []*replica {
			tx, err := c.db.Begin()
			require.NoError(c.t, err)
			_, err = tx.Exec("LOCK TABLE " + tables + " IN ACCESS EXCLUSIVE MODE")
			require.NoError(c.t, err)
			time.Sleep(hold)
			require.NoError(c.t, tx.Rollback())
			return nil
		}
	}
	readOnly := func(value string) []string {
		return []string{
			"ALTER SYSTEM SET default_transaction_read_only = " + value, "SELECT pg_reload_conf()",
		}
	}
	return []fault{
		{name: "nothing", run: during(func() { time.Sleep(hold / 2) }), othersGoOn: true, readsGoOn: true},
		{name: "database restarted, fast", run: during(func() { s.stop("fast"); s.start() })},
		{name: "database restarted, immediate", run: during(func() { s.stop("immediate"); s.start() })},
		{name: "every connection terminated, ten times", readsGoOn: false, run: func(c *cluster, _ *load) []*replica {
			for range 10 {
				c.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
				time.Sleep(300 * time.Millisecond)
			}
			return nil
		}},
		{name: "database frozen (SIGSTOP)", run: during(func() {
			s.signal(syscall.SIGSTOP)
			time.Sleep(hold)
			s.signal(syscall.SIGCONT)
		})},
		{name: "one replica frozen inside a commit", run: frozenInside, othersGoOn: true, readsGoOn: true},
		{name: "operators locked by somebody else", run: locked("postern_operators")},
		{name: "audit locked by somebody else", run: locked("postern_events, postern_event_head"), readsGoOn: true},
		{name: "one replica's connections swallowed", othersGoOn: true, readsGoOn: true, run: func(c *cluster, _ *load) []*replica {
			r := c.replicas[0]
			r.proxy.set(true)
			time.Sleep(hold)
			r.proxy.set(false)
			return []*replica{r}
		}},
		{name: "database read-only", readsGoOn: true, run: func(c *cluster, _ *load) []*replica {
			c.exec(readOnly("on")...)
			time.Sleep(hold)
			c.exec(append([]string{"SET default_transaction_read_only = off"}, readOnly("off")...)...)
			return nil
		}},
		{name: "deadlocks with somebody else", readsGoOn: true, othersGoOn: true, run: deadlocks},
		{name: "mail server down", othersGoOn: true, readsGoOn: true, run: func(c *cluster, _ *load) []*replica {
			c.sink.SetReplies(map[string]string{smtpsink.Mail: "451 4.3.0 Try again later"})
			time.Sleep(hold / 2)
			c.sink.SetReplies(nil)
			return nil
		}},
		{name: "mail server slow after DATA", othersGoOn: true, readsGoOn: true, run: func(c *cluster, _ *load) []*replica {
			// Longer than a server is usually given.
			c.sink.SetReplies(map[string]string{smtpsink.Data: smtpsink.Hold})
			time.Sleep(15 * time.Second)
			c.sink.SetReplies(nil)
			return nil
		}},
		{name: "replicas restarted one by one (SIGTERM)", run: func(c *cluster, _ *load) []*replica {
			for _, r := range c.replicas {
				r.restart()
			}
			return c.replicas
		}},
	}
}

// frozenInside stops a replica between its last statement and COMMIT, where it
// holds the operator, the counters and the head of the audit log.
func frozenInside(c *cluster, _ *load) []*replica {
	r := c.replicas[0]
	r.signal(syscall.SIGUSR1)
	r.awaitFrozen()
	time.Sleep(hold)
	r.signal(syscall.SIGCONT)
	return []*replica{r}
}

// deadlocks takes the locks of the office in the wrong order, again and again.
func deadlocks(c *cluster, _ *load) []*replica {
	for end := time.Now().Add(hold / 2); time.Now().Before(end); {
		tx, err := c.db.Begin()
		require.NoError(c.t, err)
		_, err = tx.Exec("SELECT 1 FROM postern_event_head FOR UPDATE")
		require.NoError(c.t, err)
		time.Sleep(50 * time.Millisecond)
		// One of the two is told off; if it is us, that is as good.
		_, _ = tx.Exec("SELECT 1 FROM postern_operators WHERE name LIKE 'signer%' FOR UPDATE")
		_ = tx.Rollback()
	}
	return nil
}

// try runs a fault under load, and judges what came of it.
func (c *cluster) try(f fault) result {
	c.t.Helper()
	l := c.begin(120)
	time.Sleep(time.Second)
	began := time.Now()
	broken := f.run(c, l)
	mended := time.Now()
	r := result{fault: f.name}
	works := func(besides []*replica, after time.Time) func() bool {
		return func() bool { return len(c.notWorking(l, besides, after)) == 0 }
	}
	if !waitUntil(recoverWithin, works(nil, mended)) {
		r.broken = append(r.broken, "did not recover: "+strings.Join(c.notWorking(l, nil, mended), ", "))
	}
	r.recovered = time.Since(mended)
	l.end()
	answers := l.since(began)
	lasting := slices.DeleteFunc(slices.Clone(answers), func(a answer) bool { return a.began.After(mended) })
	community, office := of(answers, broken, visits), of(answers, broken, reads, signIns, resets)
	r.community, r.operators = told(community), told(office)
	for _, a := range community {
		if !a.good() || a.took > visitWithin {
			r.broken = append(r.broken, fmt.Sprintf("the community: %s after %.1f s", a.outcome, a.took.Seconds()))
			break
		}
	}
	r.broken = append(append(r.broken, judge(f, office, lasting, broken)...), c.complained()...)
	r.acknowledged, r.lost = c.lost(l)
	if r.lost > 0 {
		r.broken = append(r.broken, "lost what it acknowledged")
	}
	for _, to := range l.asked {
		c.expect(f.name, to)
	}
	r.mails = len(l.asked)
	return r
}

// judge returns what of the promises to operators did not hold.
func judge(f fault, office, lasting []answer, broken []*replica) (complaints []string) {
	seen := map[string]bool{}
	complain := func(format string, args ...any) {
		if text := fmt.Sprintf(format, args...); !seen[text] {
			seen[text] = true
			complaints = append(complaints, text)
		}
	}
	within := answerWithin
	if f.slow > 0 {
		within += time.Second // the COMMITs of the others hang, and are given two seconds of their own
	}
	for _, a := range office {
		switch {
		case a.outcome != "ok" && a.outcome != "503":
			complain("%s: %s on replica %s", a.kind, a.outcome, a.replica.name)
		case a.took > within:
			complain("%s: took longer than %v", a.kind, within)
		case f.readsGoOn && a.kind == reads && !a.good():
			complain("%s: %s", a.kind, a.outcome)
		}
	}
	if f.othersGoOn {
		// The first few seconds are for the fault to be noticed.
		for _, a := range of(lasting, broken, reads, signIns, resets) {
			if !a.good() && a.began.After(lasting[0].began.Add(storeTime+f.slow)) {
				complain("%s: %s although only others are broken", a.kind, a.outcome)
			}
		}
	}
	return complaints
}

// notWorking names what has not succeeded yet of what was begun after a time.
func (c *cluster) notWorking(l *load, besides []*replica, after time.Time) []string {
	good := map[string]bool{}
	for _, a := range l.since(after) {
		good[a.kind+" on "+a.replica.name] = good[a.kind+" on "+a.replica.name] || a.good()
	}
	var waiting []string
	for _, r := range c.replicas {
		for _, kind := range []string{visits, reads, signIns} {
			if what := kind + " on " + r.name; !slices.Contains(besides, r) && !good[what] {
				waiting = append(waiting, what)
			}
		}
	}
	return waiting
}

func waitUntil(within time.Duration, ok func() bool) bool {
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return ok()
}

// lost compares the sign-ins that were acknowledged with the audit log.
func (c *cluster) lost(l *load) (acknowledged, lost int) {
	kept := map[string]bool{}
	for _, agent := range c.strings("SELECT user_agent FROM postern_events WHERE code = 'signin.succeeded'") {
		kept[agent] = true
	}
	for _, agent := range l.signedIn {
		if !kept[agent] {
			lost++
		}
	}
	return len(l.signedIn), lost
}

// expect notes that an email must come, once, because of what happened in a
// fault.
func (c *cluster) expect(fault, to string) { c.mails = append(c.mails, expected{fault, to}) }

type expected struct{ fault, to string }

// post waits for all emails, and adds to each result how many never came, and how
// many came twice.
func (c *cluster) post(results []result) {
	c.t.Helper()
	count := func() map[string]int {
		came := map[string]int{}
		for _, m := range c.sink.Messages() {
			if isReset.MatchString(m.Data) {
				came[m.To[0]]++
			}
		}
		return came
	}
	waitUntil(mailWithin, func() bool {
		came := count()
		return !slices.ContainsFunc(c.mails, func(e expected) bool { return came[e.to] == 0 })
	})
	came := count()
	for _, e := range c.mails {
		for i := range results {
			if r := &results[i]; r.fault == e.fault {
				if came[e.to] == 0 {
					r.never++
				}
				r.twice += max(0, came[e.to]-1)
			}
		}
	}
	for i := range results {
		if r := &results[i]; r.never > 0 {
			r.broken = append(r.broken, fmt.Sprintf("%d emails never came", r.never))
		} else if r.twice > 0 {
			r.broken = append(r.broken, "emails came twice")
		}
	}
}

var isReset = regexp.MustCompile(`(?m)^Subject: .*(?i:password)`)

// consistent checks the audit chain and what else must hold at the end.
func (c *cluster) consistent() {
	c.t.Helper()
	seqs := c.strings("SELECT concat(count(*), '/', max(seq), '/', (SELECT seq FROM postern_event_head)) FROM postern_events")
	parts := strings.Split(seqs[0], "/")
	require.Equal(c.t, parts[0], parts[1], "the audit log has a gap")
	require.Equal(c.t, parts[1], parts[2], "the head is not the last entry")
	c.verify()
}

// verify verifies the audit log with the office's own command.
func (c *cluster) verify() {
	c.t.Helper()
	var said bytes.Buffer
	command, _ := backoffice.ParseCommand([]string{"audit", "verify"}, &said, &said)
	require.NotNil(c.t, command, said.String())
	require.Zero(c.t, command.Run(c.t.Context(), c.office()), said.String())
}

// TestFaults tries one fault, or all of them with -faults.
func TestFaults(t *testing.T) {
	s := newServer(t, folder(t))
	replicas := 4
	if !*whole {
		*only, replicas = "one replica frozen inside a commit", 2
	}
	var results []result
	with := func(name string, try func(*testing.T) []result) {
		t.Run(name, func(t *testing.T) { results = append(results, try(t)...) })
	}
	with("one server", func(t *testing.T) []result {
		c := newCluster(t, s, "office")
		for range replicas {
			c.add(s.addr(), "", nil)
		}
		return c.all(onServer(s))
	})
	if *whole {
		with("a full disk", diskFull)
		with("a standby", failOver)
		with("a small pool", func(t *testing.T) []result { return poolExhausted(t, s) })
		with("wrong clocks", func(t *testing.T) []result { return wrongClocks(t, s) })
		with("PgBouncer", func(t *testing.T) []result { return pgBouncer(t, s) })
		with("Galera", galeraCluster)
	}
	report(t, results)
}

// wanted reports whether a fault was asked for.
func wanted(name string) bool { return strings.Contains(name, *only) }

// all tries faults one after the other.
func (c *cluster) all(faults []fault) []result {
	var results []result
	for _, f := range faults {
		if !wanted(f.name) {
			continue
		}
		r := c.try(f)
		fmt.Fprintln(os.Stderr, r)
		results = append(results, r)
	}
	if len(results) > 0 {
		c.post(results)
		c.consistent()
	}
	return results
}

// report prints the table, and fails the test for what is broken.
func report(t *testing.T, results []result) {
	fmt.Println(header)
	for _, r := range results {
		fmt.Println(r)
		for _, complaint := range r.broken {
			t.Errorf("%s: %s", r.fault, complaint)
		}
	}
	if t.Failed() {
		t.Log("logs of the replicas:", allLogs)
		return
	}
	for _, dir := range allLogs {
		require.NoError(t, os.RemoveAll(dir))
	}
}

// folder is one that the database's account can reach.
func folder(t *testing.T) string {
	dir, err := os.MkdirTemp(cmp.Or(os.Getenv("TMPDIR"), "/tmp"), "postern-faults-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	return dir
}
