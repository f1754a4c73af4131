package gallery

import (
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// auditBusy is an office in which a month of work was done, told by entries of every kind
// of sentence, and then an attack.
func auditBusy(g *gallery) {
	o := g.staffed(directory("Ada", "Grace", "Katherine"))
	type who = [2]string
	ada, grace, ben, office := who{"ada", "Ada Lovelace"}, who{"grace", "Grace Hopper"}, who{"ben", "Benedikt Ödegaard"}, who{desk.ActorSystem, ""}
	nobody, shell := who{}, who{desk.ActorCommandLine, "Command line"}
	n := 0
	at := ago(617 * time.Hour)
	told := func(after time.Duration, code, outcome string, actor, target who, detail ...string) {
		n++
		at = at.Add(after)
		e := store.Event{ID: fmt.Sprintf("told-%04d", n), At: at, Code: code, Outcome: outcome, ActorID: actor[0], ActorName: actor[1],
			TargetID: target[0], TargetName: target[1], UserAgent: "", Detail: map[string]string{}}
		if actor[0] != desk.ActorSystem && actor != shell {
			e.IP = home
		}
		if target[0] != "" {
			e.TargetKind = "operator"
		}
		if actor == ada || actor == grace {
			e.SessionID = "session-of-" + actor[0]
		}
		for i := 0; i+1 < len(detail); i += 2 {
			e.Detail[detail[i]] = detail[i+1]
		}
		o.Write(store.AppendEvent{Event: e})
	}
	ok, failed, refused := desk.Success, desk.Failure, desk.Refused
	for week := range 5 {
		told(6*time.Hour, "signin.succeeded", ok, ada, ada)
		told(20*time.Minute, "operator.invited", ok, ada, ben, "roles", desk.RoleModerator)
		told(3*time.Hour, "operator.invitation_used", ok, ben, ben)
		told(2*time.Minute, "two_factor.added", ok, ben, ben, "label", "Authenticator app")
		told(26*time.Hour, "operator.roles_changed", ok, grace, ben, "before", desk.RoleModerator, "after", desk.RoleModerator+" keeper")
		told(time.Hour, "signin.refused", failed, nobody, grace)
		told(time.Minute, "signin.refused", failed, nobody, nobody)
		told(5*time.Hour, "parameters.changed", ok, ada, nobody, "session.idle", "30m → 20m")
		told(19*time.Hour, "permission.denied", refused, ben, nobody, "permission", "audit.view")
		if week == 2 {
			told(time.Minute, "alias.changed", ok, ada, nobody)
			told(time.Minute, "alias.confirmed", ok, ada, nobody)
		}
		told(20*time.Hour, "mail.failed", failed, office, who{"m1", "password-reset"})
		told(40*time.Minute, "operator.disabled", ok, shell, ben)
		told(30*time.Hour, "session.expired", ok, office, grace)
		told(3*time.Hour, "step_up.succeeded", ok, grace, grace)
		told(10*time.Minute, "operator.sessions_ended", ok, grace, ben, "which", "all")
		told(9*time.Hour, "code.replayed", refused, nobody, ada)
	}
	o.keep("busy", o.ada.Get("/audit"))
	o.keep("week", o.ada.Get("/audit?period=7d&zone=330"))
	for range 510 {
		told(time.Second, "signin.refused", failed, nobody, grace)
	}
	o.keep("flood", o.ada.Get("/audit?kind=signin.refused&person=Grace+Hopper"))
}
