package resource

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice/parts"
)

// The kinds of fields in the form that they have in common.

const (
	shortText = 255
	longText  = 65_536
)

func newColumn[T, V any](kind kind, name, label, hint string, at func(*T) *V) *column[T] {
	c := &column[T]{spec: spec{name: name, label: label, hint: hint, kind: kind, zone: time.UTC}}
	if c.label == "" && name != "" {
		c.label = strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "_", " ")
	}
	c.copy = func(to, from *T) { *at(to) = *at(from) }
	c.missing = func() bool {
		var row T
		return at == nil || at(&row) == nil
	}
	return c
}

// scalar adds access to a field of a type that is made of a number or a text.
func scalar[T any, V Scalar](c *column[T], at func(*T) *V, valid func(V) error) *column[T] {
	c.value = func(row *T) any { return canonical(*at(row)) }
	c.assign = func(row *T, v any) error { return assign(at(row), v) }
	if valid != nil {
		c.valid = func(v any) error {
			var typed V
			if err := assign(&typed, v); err != nil {
				return err
			}
			return valid(typed)
		}
	}
	c.values, c.uuid = numbers, isUUID[V]()
	c.least, c.most = limits[V]()
	c.low, c.high = c.least, c.most
	if isText[V]() {
		c.values, c.max = texts, shortText
	}
	return c
}

// exact adds access to a field of one of the types that are handed round.
func exact[T, V any](c *column[T], at func(*T) *V, valid func(V) error) *column[T] {
	c.value = func(row *T) any { return *at(row) }
	c.assign = func(row *T, v any) error {
		typed, ok := v.(V)
		if !ok {
			return fmt.Errorf("%T is not %T", v, typed)
		}
		*at(row) = typed
		return nil
	}
	if valid != nil {
		c.valid = func(v any) error { return valid(v.(V)) }
	}
	return c
}

func (c *column[T]) flags(in Place, permission string, optional, notNull, secret, sorted, filtered bool) *column[T] {
	c.in, c.permission = in, permission
	c.optional, c.notNull, c.secret, c.sorted, c.filtered = optional, notNull, secret, sorted, filtered
	return c
}

// places says what the zero Place means.
func (c *column[T]) places() *column[T] {
	if c.in == 0 {
		c.in = Read
		if c.long || c.secret {
			c.in = Detail
		}
	}
	return c
}

func (f Key[T, V]) column() *column[T] {
	c := scalar(newColumn(keyKind, f.Name, f.Label, f.Hint, f.At), f.At, f.Validate)
	c.in, c.sorted = f.In, true
	if f.Make != nil {
		if f.In&New != 0 {
			c.mistake("has Make, so it cannot be in New as well")
		}
		c.fresh = func(row *T) { *f.At(row) = f.Make() }
	}
	if f.In&Edit != 0 {
		c.mistake("is a key, and keys never change: take it out of Edit")
	}
	return c.places()
}

func (f Version[T]) column() *column[T] {
	c := scalar(newColumn(versionKind, f.Name, "", "", f.At), f.At, nil)
	c.in = Nowhere
	return c
}

func (f Text[T]) column() *column[T] {
	c := exact(newColumn(textKind, f.Name, f.Label, f.Hint, f.At), f.At, f.Validate)
	c.flags(f.In, f.Permission, f.Optional, f.NotNull, f.Secret, f.Sorted, f.Filtered)
	c.long, c.searched, c.max = f.Long, f.Searched, maxOf(f.Max, f.Long)
	if f.Max < 0 {
		c.mistake("has a negative Max")
	}
	return c.places()
}

func maxOf(limit int, long bool) int {
	if long {
		return cmp.Or(limit, longText)
	}
	return cmp.Or(limit, shortText)
}

func (f Int[T, V]) column() *column[T] {
	c := scalar(newColumn(intKind, f.Name, f.Label, f.Hint, f.At), f.At, f.Validate)
	c.flags(f.In, f.Permission, f.Optional, f.NotNull, f.Secret, f.Sorted, f.Filtered)
	c.unit = f.Unit
	if f.Min != 0 || f.Max != 0 {
		c.low, c.high, c.bounded = int64(f.Min), int64(f.Max), true
	}
	if c.low > c.high {
		c.mistake("has a Min of %d above its Max of %d; for no upper bound, set Max to the largest number of its type", f.Min, f.Max)
	}
	return c.places()
}

func (f Bool[T]) column() *column[T] {
	c := exact(newColumn(boolKind, f.Name, f.Label, f.Hint, f.At), f.At, f.Validate)
	c.values = bools
	return c.flags(f.In, f.Permission, false, false, f.Secret, false, f.Filtered).places()
}

func (f Time[T]) column() *column[T] {
	c := exact(newColumn(timeKind, f.Name, f.Label, f.Hint, f.At), f.At, f.Validate)
	c.flags(f.In, f.Permission, f.Optional, f.NotNull, f.Secret, f.Sorted, f.Filtered)
	c.value = func(row *T) any { return f.At(row).UTC() }
	c.values, c.date = times, f.Date
	if f.Zone != nil {
		c.zone = f.Zone
	}
	if f.Date {
		c.zone = time.UTC
	}
	return c.places()
}

func (f Choice[T, V]) column() *column[T] {
	c := scalar(newColumn(choiceKind, f.Name, f.Label, f.Hint, f.At), f.At, f.Validate)
	c.flags(f.In, f.Permission, f.Optional, f.NotNull, f.Secret, f.Sorted, f.Filtered)
	seen := make(map[string]bool)
	for _, o := range f.Of {
		switch v, err := c.read(o.Value); {
		case o.Value == "" || err != nil || assign(new(V), v) != nil:
			c.mistake("offers %q, which is not a value of its type", o.Value)
		case seen[o.Value]:
			c.mistake("offers %q twice", o.Value)
		case !slices.Contains([]parts.Level{"", parts.Info, parts.Success, parts.Warning, parts.Danger}, o.Level):
			c.mistake("offers %q with the Level %q; the levels are parts.Info, parts.Success, parts.Warning and parts.Danger", o.Value, o.Level)
		}
		seen[o.Value] = true
		o.Label = cmp.Or(o.Label, o.Value)
		c.options = append(c.options, o)
	}
	if len(f.Of) == 0 {
		c.mistake("offers nothing: set Of")
	}
	return c.places()
}

func (f Ref[T, V]) column() *column[T] {
	c := scalar(newColumn(refKind, f.Name, f.Label, f.Hint, f.At), f.At, f.Validate)
	c.flags(f.In, f.Permission, f.Optional, f.NotNull, f.Secret, false, f.Filtered)
	c.to = f.To
	if f.To.mistake != "" {
		c.mistake("its Lookup: %s", f.To.mistake)
	}
	if f.To.Find != nil && f.To.Labels == nil {
		c.mistake("has a Relation with Find and without Labels, which decides what can be chosen")
	}
	return c.places()
}

func (f Shown[T]) column() *column[T] {
	c := newColumn[T, T](shownKind, f.Name, f.Label, "", func(row *T) *T { return row })
	c.in, c.permission = f.In, f.Permission
	c.value = func(row *T) any { return f.Text(row) }
	if f.Text == nil {
		c.mistake("has no Text")
	}
	if f.In&Write != 0 {
		c.mistake("is a Shown, which cannot be in a form: take it out of New and Edit")
	}
	return c.places()
}

func (f Custom[T, V]) column() *column[T] {
	c := newColumn(customKind, f.Name, f.Label, f.Hint, f.At)
	c.flags(f.In, f.Permission, f.Optional, false, f.Secret, false, false)
	c.long, c.max = f.Long, maxOf(f.Max, f.Long)
	c.value = func(row *T) any { return f.Format(*f.At(row)) }
	c.assign = func(*T, any) error { return fmt.Errorf("%s is a Custom", f.Name) }
	c.scan = func(row *T) any { return f.At(row) }
	c.bind = func(row *T) any { return *f.At(row) }
	c.parseCustom = func(row *T, text string) error {
		v, err := f.Parse(text)
		if err == nil {
			*f.At(row) = v
		}
		return err
	}
	if f.Format == nil {
		c.mistake("has no Format")
	}
	if f.Parse == nil && f.In&Write != 0 {
		c.mistake("is in a form, and has no Parse")
	}
	return c.places()
}
