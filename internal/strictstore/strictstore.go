// Package strictstore makes a store refuse everything that the contract lets a
// store refuse, as databases do: text that is not UTF-8, NUL, and keys over 255
// bytes. Tests run over it, so that what comes from outside is checked before
// it gets there.
package strictstore

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/postern-go/postern/store"
)

// strict is the store with its checks.
type strict struct{ store.Store }

// Wrap puts the checks over a store.
func Wrap(st store.Store) store.Store { return strict{st} }

// ErrRefused is what a refusal wraps.
var ErrRefused = errors.New("strict store: not text, or too long a key")

func key(s string) error {
	if len(s) > 255 {
		return ErrRefused
	}
	return text(s)
}

func text(s string) error {
	if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
		return ErrRefused
	}
	return nil
}

func (s strict) FindOperator(ctx context.Context, id string) (store.Operator, error) {
	if err := key(id); err != nil {
		return store.Operator{}, err
	}
	return s.Store.FindOperator(ctx, id)
}

func (s strict) FindOperatorByLogin(ctx context.Context, login string) (store.Operator, error) {
	if err := key(login); err != nil {
		return store.Operator{}, err
	}
	return s.Store.FindOperatorByLogin(ctx, login)
}

func (s strict) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	keys := []string{q.Search, q.RoleID, string(q.Show), string(q.TwoFactor), string(q.Member), string(q.Sort)}
	if q.After != nil {
		keys = append(keys, q.After.ID, q.After.NameKey)
	}
	for _, k := range keys {
		if err := key(k); err != nil {
			return store.OperatorPage{}, err
		}
	}
	return s.Store.ListOperators(ctx, q)
}

func (s strict) ListEvents(ctx context.Context, q store.EventQuery) (store.EventPage, error) {
	for _, k := range []string{q.Area, q.Code, q.Outcome, q.ActorID, q.TargetID, q.IP} {
		if err := key(k); err != nil {
			return store.EventPage{}, err
		}
	}
	return s.Store.ListEvents(ctx, q)
}

func (s strict) FindOperatorByMember(ctx context.Context, id string) (store.Operator, error) {
	if err := key(id); err != nil {
		return store.Operator{}, err
	}
	return s.Store.FindOperatorByMember(ctx, id)
}

func (s strict) FindRole(ctx context.Context, id string) (store.Role, error) {
	if err := key(id); err != nil {
		return store.Role{}, err
	}
	return s.Store.FindRole(ctx, id)
}

func (s strict) FindDevice(ctx context.Context, operatorID string, d store.Digest) (store.Device, error) {
	if err := key(operatorID); err != nil {
		return store.Device{}, err
	}
	return s.Store.FindDevice(ctx, operatorID, d)
}

func (s strict) FindMail(ctx context.Context, id string) (store.Mail, error) {
	if err := key(id); err != nil {
		return store.Mail{}, err
	}
	return s.Store.FindMail(ctx, id)
}

func (s strict) ListMails(ctx context.Context, q store.MailQuery) (store.MailPage, error) {
	keys := []string{string(q.State), q.Kind, q.OperatorID, q.Search}
	if q.After != nil {
		keys = append(keys, q.After.ID)
	}
	for _, k := range keys {
		if err := key(k); err != nil {
			return store.MailPage{}, err
		}
	}
	return s.Store.ListMails(ctx, q)
}

func (s strict) Commit(ctx context.Context, writes ...store.Write) error {
	for _, w := range writes {
		if err := texts(reflect.ValueOf(w)); err != nil {
			return fmt.Errorf("%T: %w", w, err)
		}
		if o, ok := w.(store.PutOperator); ok {
			for _, k := range []string{o.Operator.ID, o.Operator.NameKey, o.Operator.EmailKey, o.Operator.MemberID} {
				if err := key(k); err != nil {
					return fmt.Errorf("%T: %w", w, err)
				}
			}
		}
		if e, ok := w.(store.EndSessions); ok {
			if err := key(e.ID); err != nil {
				return fmt.Errorf("%T: %w", w, err)
			}
		}
		if e, ok := w.(store.AppendEvent); ok {
			if err := key(e.Event.TargetID); err != nil {
				return fmt.Errorf("%T: %w", w, err)
			}
		}
	}
	return s.Store.Commit(ctx, writes...)
}

// texts checks every string in a write.
func texts(v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		return text(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if err := texts(v.Field(i)); err != nil {
				return err
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		for i := range v.Len() {
			if err := texts(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if err := errors.Join(texts(k), texts(v.MapIndex(k))); err != nil {
				return err
			}
		}
	}
	return nil
}
