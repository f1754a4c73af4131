package desk

import (
	"github.com/postern-go/postern/internal/redact"
	"github.com/postern-go/postern/store"
)

// Aliases are all that must not be seen outside: the alias, one that waits to be
// confirmed, and those that this process has known.
func (d *Desk) Aliases() *redact.Aliases { return d.aliases.Load() }

// learnAliases adds the aliases of a reading of the parameters, before it is in force.
func (d *Desk) learnAliases(p store.Parameters) {
	for {
		before := d.aliases.Load()
		after := before.With(p.PreviousAlias, p.Alias)
		if after == before || d.aliases.CompareAndSwap(before, after) {
			return
		}
	}
}
