package resource

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
)

// A form carries the row that it was made from, sealed, so that what someone else saves in
// the meantime can be told from what the form changes.

// snapshot is a row, as far as forms need it.
type snapshot struct {
	// Values are those of fields, as text.
	Values map[string]string `json:"v,omitempty"`
	// State is a digest of all fields, for a page that only asks.
	State string `json:"s,omitempty"`
}

// kept is a value as a snapshot has it.
func (c *column[T]) kept(row *T) string { return c.plain(c.value(row)) }

// snapped seals what a form of these fields was made from.
func (r *request[T]) snapped(fields []*column[T], row *T) string {
	s := snapshot{Values: map[string]string{}}
	for _, c := range r.versioned(fields) {
		s.Values[c.name] = c.kept(row)
	}
	return r.sealSnapshot("edit", row, s)
}

// versioned adds the version, if rows have one.
func (r *request[T]) versioned(fields []*column[T]) []*column[T] {
	if v := r.model.version; v != nil {
		return append(fields[:len(fields):len(fields)], v)
	}
	return fields
}

// before returns the row as a form was made from it: that of now with the values of then. It
// returns false if the form is not one of this operator for this row.
func (r *request[T]) before(text string, fields []*column[T], now *T) (was T, ok bool) {
	was = *now
	s, ok := r.openSnapshot("edit", now, text)
	for _, c := range r.versioned(fields) {
		value, there := s.Values[c.name]
		if !ok || !there || c.kept(now) == value {
			ok = ok && there
			continue
		}
		if c.kind == customKind {
			ok = c.parseCustom != nil && c.parseCustom(&was, value) == nil
			continue
		}
		v, err := c.read(value)
		ok = err == nil && c.assign(&was, v) == nil
	}
	return was, ok
}

// shown seals a row as a page showed it that asks before an act.
func (r *request[T]) shown(act string, row *T) string {
	return r.sealSnapshot(act, row, snapshot{State: r.state(row)})
}

// unchanged reports whether a row is still as such a page showed it.
func (r *request[T]) unchanged(act string, row *T, text string) bool {
	s, ok := r.openSnapshot(act, row, text)
	return ok && s.State == r.state(row)
}

// state is a digest of all stored fields, listState of those that lists have.
func (r *request[T]) state(row *T) string     { return r.digest(row, (*spec).stored) }
func (r *request[T]) listState(row *T) string { return r.digest(row, (*spec).listed) }

func (r *request[T]) digest(row *T, has func(*spec) bool) string {
	values := map[string]string{}
	for _, c := range r.model.columns {
		if has(&c.spec) {
			values[c.name] = c.kept(row)
		}
	}
	b, _ := json.Marshal(values) // texts have JSON
	sum := sha256.Sum256(b)
	return base64.RawStdEncoding.EncodeToString(sum[:])
}

func (r *request[T]) sealSnapshot(act string, row *T, s snapshot) string {
	b, _ := json.Marshal(s) // texts have JSON
	return r.Seal(r.snapshotPlace(act, row), b)
}

func (r *request[T]) openSnapshot(act string, row *T, text string) (s snapshot, ok bool) {
	plain, ok := r.Open(r.snapshotPlace(act, row), text)
	return s, ok && json.Unmarshal(plain, &s) == nil
}

func (r *request[T]) snapshotPlace(act string, row *T) string {
	return "row " + r.Path + " " + act + " " + r.model.id(row)
}
