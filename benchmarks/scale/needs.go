package main

import (
	"flag"
	"math"
	"time"

	"github.com/postern-go/postern/internal/settings"
)

// assumptions are about a community, per day, and about the machines that there are.
type assumptions struct {
	Operators, SignIns, Requests, Events, Mails, Wrong int
	// Browsers and Networks are those that an operator signs in with in half a year, and from
	// in a year.
	Browsers, Networks int
	// Peak is how many times the average of a day the busiest minute has.
	Peak float64
	// Replicas serve each office, Pool is how many connections each of them has.
	Replicas, Pool int
	// Cores, MemoryMiB and DiskGiB are those of one machine, Connections those that the
	// database accepts.
	Cores, MemoryMiB, DiskGiB, Connections int
}

// usual is what the document assumes.
var usual = assumptions{
	Operators: 5, SignIns: 20, Requests: 500, Events: 200, Mails: 10, Wrong: 10, Browsers: 3, Networks: 10, Peak: 10,
	Replicas: 2, Pool: poolSize, Cores: 2, MemoryMiB: 4096, DiskGiB: 100, Connections: 100,
}

// flags lets each assumption be replaced.
func (a *assumptions) flags(fs *flag.FlagSet) {
	for _, f := range []struct {
		name, usage string
		n           *int
	}{
		{"operators", "operators of a community", &a.Operators},
		{"sign-ins", "sign-ins a day", &a.SignIns},
		{"requests", "requests a day, each 15 s or more after the last", &a.Requests},
		{"events", "audit entries a day, with those of sign-ins", &a.Events},
		{"mails", "emails a day", &a.Mails},
		{"wrong", "wrong passwords of strangers a day", &a.Wrong},
		{"browsers", "browsers of an operator in half a year", &a.Browsers},
		{"networks", "networks of an operator in a year", &a.Networks},
		{"replicas", "replicas of each process", &a.Replicas},
		{"pool", "connections of each replica", &a.Pool},
		{"cores", "cores of a machine", &a.Cores},
		{"memory", "memory of a machine, in MiB", &a.MemoryMiB},
		{"disk", "disk of the database, in GiB", &a.DiskGiB},
		{"connections", "connections that the database accepts", &a.Connections},
	} {
		fs.IntVar(f.n, f.name, *f.n, f.usage)
	}
	fs.Float64Var(&a.Peak, "peak", a.Peak, "how many times the average of a day the busiest minute has")
}

// How long records are kept, in days, as internal/desk does: a test compares.
const (
	keptMails   = 90
	keptTokens  = 30
	keptDevices = 365
)

func days(d time.Duration) float64 { return d.Hours() / 24 }

// kept is how many rows of a table stay in one office, and how that is counted.
type kept struct {
	table, how string
	rows       float64
}

// steady are the rows of an office once as much is deleted as is added.
func (a assumptions) steady(d measured) []kept {
	s := settings.Defaults()
	people := float64(a.Operators)
	left := func(table string) float64 { return d.Acts[invited].Rows[table] }
	events := float64(a.Events) * days(s.AuditKeep)
	return []kept{
		{"operators", "one each, until deleted", people},
		{"factors", "one app or passkey each", people},
		{"recovery_sets", "one each", people},
		{"recovery_codes", "ten each, until used", people * left("recovery_codes")},
		{"sessions", "at most `session.per_operator` each, until `session.idle` or `session.absolute`", people * float64(s.Session.PerOperator)},
		{"browsers", "180 days after the last sign-in", people * float64(a.Browsers)},
		{"devices", "networks, 365 days after the last sign-in", people * float64(a.Networks)},
		{"events", "`audit.keep`, by default 365 days", events},
		{"event_times", "with its event", events * d.Acts[recorded].Rows["event_times"]},
		{"mails", "90 days, without the text once sent", float64(a.Mails) * keptMails},
		{"tokens", "30 days; for invitations, forgotten passwords and each sign-in with a passkey alone, here half of all", keptTokens * d.Acts[byPasskey].Rows["tokens"] * float64(a.SignIns) / 2},
		{"counters", "a day at most", float64(a.Wrong) * d.Acts[wrong].Rows["counters"]},
		{"answers", "5 minutes", float64(a.SignIns) * d.Acts[signedIn].Rows["answers"] * a.Peak * 5 / (24 * 60)},
	}
}

// bytes are those of an office on the disk, after a year.
func (a assumptions) bytes(d measured) float64 {
	all := d.Office.KiB * 1024
	for _, k := range a.steady(d) {
		all += k.rows * d.Tables[k.table].all()
	}
	return all
}

// day is what one office costs in a day, without the seconds in which nothing happens.
type day struct {
	// office and server are seconds of a core.
	office, server         float64
	statements, saved, log float64
}

func (d *day) add(times float64, c cost) {
	d.office += times * c.Office / 1e6
	d.server += times * c.Server / 1e6
	d.statements += times * float64(c.Statements)
	d.saved += times * float64(c.Saved)
	d.log += times * c.Log
}

// less is what one act costs more than another.
func less(c, than cost) cost {
	return cost{
		Statements: c.Statements - than.Statements, Saved: c.Saved - than.Saved, Log: max(0, c.Log-than.Log),
		Office: max(0, c.Office-than.Office), Server: max(0, c.Server-than.Server),
	}
}

func (a assumptions) day(f figures, m measured) day {
	var d day
	signIns, outs := float64(a.SignIns), float64(a.SignIns)/2
	d.add(signIns, m.Acts[signedIn])
	d.add(outs, m.Acts[signedOut])
	d.add(float64(a.Requests), m.Acts[touched])
	own := signIns*m.Acts[signedIn].Rows["events"] + outs*m.Acts[signedOut].Rows["events"] + float64(a.Wrong)*m.Acts[wrong].Rows["events"]
	d.add(max(0, float64(a.Events)-own), less(m.Acts[recorded], m.Acts[requested]))
	d.add(float64(a.Mails), m.Acts[mailed])
	d.add(float64(a.Wrong), m.Acts[wrong])
	d.office += (signIns + float64(a.Wrong)) * f.HashMillis / 1000
	return d
}

const secondsOfDay = 24 * 60 * 60

// layout is a way to run many communities.
type layout struct {
	name, database string
	// together means that all offices are in one process, with one pool.
	together bool
}

var layouts = []layout{
	{"Each in a process of its own, one server of PostgreSQL", "PostgreSQL", false},
	{"All in one process, one server of PostgreSQL", "PostgreSQL", true},
	{"All in one process, one server of MariaDB", "MariaDB", true},
	{"All in one process, a file of SQLite each", inProcess, true},
}

// inProcess is the database that has no server.
const inProcess = "SQLite"

// cores names those that idle seconds take most of.
func (l layout) cores() string {
	if l.database == inProcess {
		return "the cores of the application"
	}
	return "the cores of the database"
}

// processMiB is what a process has beside the memory of hashes: as in docs/deployment.md.
const processMiB = 50

// need is how much of something there must be, and how much there is.
type need struct {
	what, unit   string
	amount, have float64
	// fixed says that it does not grow with the number of communities.
	fixed bool
}

// of is how much of what there is must be used.
func (n need) of() float64 { return n.amount / n.have }

// replicas are those of an office.
func (a assumptions) replicas(l layout) float64 {
	if l.database == inProcess {
		return 1
	}
	return float64(a.Replicas)
}

// idle is what a second takes in which nothing happens, in microseconds of a core.
func (l layout) idle(m measured) (office, server float64) {
	if l.together {
		return m.Office.idleOffice(), m.Office.idleServer()
	}
	return m.Office.IdleOffice, m.Office.IdleServer
}

// idleShare is how much of the cores that l.cores names is for such seconds.
func (a assumptions) idleShare(f figures, l layout) float64 {
	m, _ := f.of(l.database)
	d, busy := a.day(f, m), a.Peak/secondsOfDay
	idle, server := l.idle(m)
	work := d.office * busy
	if l.database != inProcess {
		idle, work = server, d.server*busy
	}
	idle *= a.replicas(l) / 1e6
	return idle / (idle + work)
}

// needs are those of some communities.
func (a assumptions) needs(f figures, l layout, communities int) []need {
	m, _ := f.of(l.database)
	n, replicas := float64(communities), a.replicas(l)
	d := a.day(f, m)
	busy := a.Peak / secondsOfDay
	idleOffice, idleServer := l.idle(m)
	slots := float64(max(a.Cores, 2))
	memory := processMiB + slots*float64(f.HashMiB)
	if l.together {
		memory += n * m.Office.HeapKiB / 1024
	} else {
		memory *= n
	}
	var all []need
	if l.database != inProcess {
		connections := replicas * float64(a.Pool)
		if !l.together {
			connections *= n
		}
		all = append(all, need{"connections", "", connections, float64(a.Connections), l.together})
		all = append(all, need{"database: cores", "cores", n * (d.server*busy + replicas*idleServer/1e6), float64(a.Cores), false})
	}
	commits := m.Speed.Apart
	if l.database == inProcess {
		commits = m.Speed.OneWriter
	}
	return append(all,
		need{"application: cores, all replicas", "cores", n * (d.office*busy + replicas*idleOffice/1e6), replicas * float64(a.Cores), false},
		need{"application: memory of each machine", "MiB", memory, float64(a.MemoryMiB), false},
		need{"commits a second that wait for the disk", "", n * d.saved * busy, commits, false},
		need{"entries a second in one audit log", "", float64(a.Events) * busy, m.Speed.Writers, true},
		need{"disk after a year", "GiB", n * a.bytes(m) / (1 << 30), float64(a.DiskGiB), false},
		need{"statements a second, idle ones too", "", n * (d.statements*busy + replicas*m.Office.IdleStatements), math.Inf(1), false},
		need{"written ahead in a day", "GiB", n * d.log / (1 << 30), math.Inf(1), false},
		need{"emails in a day", "", n * float64(a.Mails), math.Inf(1), false},
	)
}

// most is how many communities a need allows.
func (a assumptions) most(f figures, l layout, i int) float64 {
	one, many := a.needs(f, l, 1)[i], a.needs(f, l, 1001)[i]
	each := (many.amount - one.amount) / 1000
	if one.fixed || math.IsInf(one.have, 1) || each <= 0 {
		return math.Inf(1)
	}
	return math.Floor((one.have-one.amount)/each) + 1
}
