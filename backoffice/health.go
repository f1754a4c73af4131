package backoffice

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/postern-go/postern/internal/desk"
)

// Health is the state of an office in this process.
type Health struct {
	// Ready reports that the office can answer requests. The community may be well
	// without it.
	Ready bool `json:"ready"`
	// Alive is false if only a restart of the process can help.
	Alive bool `json:"alive"`
	// Reasons are what is wrong, even if the office is ready.
	Reasons []Reason `json:"reasons"`
}

// Reason is one thing that is wrong.
type Reason struct {
	// Code is one of these, which later versions will not rename:
	//
	//   - store_down: the store does not answer
	//   - store_incompatible: its tables do not fit this version of the program; these
	//     two alone make an office not ready
	//   - store_read_only: the store takes no writes, so nobody can sign in
	//   - run_missing, run_stopped: this process never called [Office.Run], or it has
	//     returned; another process may do its work
	//   - run_late, run_failing: Run does not hear from the store, or some of its work
	//     fails; it resumes on its own
	//   - run_stuck: work of Run did not end at its deadline; the only one that makes
	//     an office not alive
	//   - mail_stuck: emails wait, and none has been sent for half a minute
	//   - clock_off: the machine's clock and the database's differ by more than 30
	//     seconds
	//   - audit_broken: the audit log was changed outside the office
	//   - parameters_invalid: stored parameters are out of range
	Code string `json:"code"`
	// Text is a sentence for people.
	Text string `json:"text"`
}

// Health reports whether the office is ready, and what is wrong. It takes a
// second at most. However often it is called, it reads from the store at most
// once a second, and not at all if [Office.Run] has heard from the store in the
// last two seconds. It reveals no secret, name or address, but it does reveal
// weaknesses: do not show it to the public.
func (o *Office) Health(ctx context.Context) Health {
	return health(o.desk.Health(ctx, o.observer.store.ReadOnly()))
}

// HealthHandler responds with [Health] as JSON: with status 200 if the office is
// ready, and with 503 otherwise. Under a path that ends in "/live" it responds,
// without asking the store, with status 200 while the process is alive.
//
// Serve it on a port of its own that only your orchestrator and monitoring reach,
// not beside the community: it reveals that there is an office, and when it is
// weak. If the community runs in the same process, do not take it out of traffic
// because its office is not ready.
func (o *Office) HealthHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer any
		var ok bool
		if strings.HasSuffix(r.URL.Path, "/live") {
			h := health(o.desk.Liveness())
			ok, answer = h.Alive, struct {
				Alive   bool     `json:"alive"`
				Reasons []Reason `json:"reasons"`
			}{h.Alive, h.Reasons}
		} else {
			h := o.Health(r.Context())
			ok, answer = h.Ready, h
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !ok {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(answer) // The prober may have left.
	})
}

func health(h desk.Health) Health {
	// Not nil, so that the JSON has a list.
	reasons := make([]Reason, len(h.Reasons))
	for i, r := range h.Reasons {
		reasons[i] = Reason(r)
	}
	return Health{Ready: h.Ready, Alive: h.Alive, Reasons: reasons}
}
