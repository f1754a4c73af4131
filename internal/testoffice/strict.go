package testoffice

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postern-go/postern/store"
)

// ErrRefused is what a store of tests answers to everything that the contract
// lets a store refuse, as databases do: text that is not UTF-8, NUL, keys
// over 255 bytes, and tokens for more than 64 KiB. What comes from outside must be checked before it gets there.
var ErrRefused = errors.New("test store: not text, or too long a key")

func checkText(s string) error {
	if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
		return ErrRefused
	}
	return nil
}

func checkKey(s string) error {
	if len(s) > 255 {
		return ErrRefused
	}
	return checkText(s)
}

// checkKeys checks every string in what is asked for. What operators are searched
// for may be longer than a key.
func checkKeys(asked any) error {
	if q, ok := asked.(store.OperatorQuery); ok {
		if err := checkText(q.Search); err != nil {
			return err
		}
		q.Search = ""
		asked = q
	}
	return each(reflect.ValueOf(asked), checkKey)
}

// checkWrites checks every string in writes, and the keys among them.
func checkWrites(writes []store.Write) error {
	for _, w := range writes {
		err := each(reflect.ValueOf(w), checkText)
		switch w := w.(type) {
		case store.PutOperator:
			o := w.Operator
			err = errors.Join(err, checkKeys([]string{o.ID, o.NameKey, o.EmailKey, o.MemberID, o.Subject}))
		case store.PutSession:
			err = errors.Join(err, checkKey(w.Session.Provider))
		case store.ReplaceSession:
			err = errors.Join(err, checkKey(w.New.Provider))
		case store.PutPreSession:
			err = errors.Join(err, checkKey(w.PreSession.Provider))
		case store.PutToken:
			if len(w.Token.Sealed) > 64<<10 {
				err = errors.Join(err, ErrRefused)
			}
		case store.EndSessions:
			err = errors.Join(err, checkKey(w.ID))
		case store.AppendEvent:
			err = errors.Join(err, checkKey(w.Event.TargetID))
		}
		if err != nil {
			return fmt.Errorf("%T: %w", w, err)
		}
	}
	return nil
}

// each checks every string in a value.
func each(v reflect.Value, check func(string) error) error {
	switch v.Kind() {
	case reflect.String:
		return check(v.String())
	case reflect.Pointer:
		return each(v.Elem(), check)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return nil
		}
		for i := range v.NumField() {
			if err := each(v.Field(i), check); err != nil {
				return err
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		for i := range v.Len() {
			if err := each(v.Index(i), check); err != nil {
				return err
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if err := errors.Join(each(k, check), each(v.MapIndex(k), check)); err != nil {
				return err
			}
		}
	}
	return nil
}
