package view

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/messages"
)

// try renders the pages that the host replaced, or all, on a sample of their data.
func (t *Templates) try(samples []Page, all bool) error {
	r := &Renderer{templates: t, clock: func() time.Time { return sampleTime }}
	frame, _ := sampleOf(reflect.TypeFor[Frame](), 0).Interface().(Frame)
	frame.Words, frame.Nonce = messages.English(), "sample"
	var mistakes []error
	said := map[string]bool{}
	for _, page := range samples {
		if !all && !t.isTheirs(page.Template()+".html") {
			continue
		}
		sample := sampleOf(reflect.TypeOf(page), 0).Interface().(Page)
		if _, err := r.Render(frame, sample); err != nil {
			err = fmt.Errorf("on sample data: %w", err)
			_, text, _ := strings.Cut(err.Error(), "executing")
			if !said[text] {
				said[text] = true
				mistakes = append(mistakes, err)
			}
		}
	}
	return errors.Join(mistakes...)
}

// sampleTime is the present of samples.
var sampleTime = time.Date(2026, 3, 14, 15, 4, 5, 0, time.UTC)

// Samples have two of each list, down to this depth.
const sampleDepth = 6

// sampleOf makes a value of a type with something in every field.
func sampleOf(t reflect.Type, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	if depth > sampleDepth {
		return v
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return reflect.ValueOf(sampleTime)
	case reflect.TypeFor[messages.Text]():
		return reflect.ValueOf(messages.Host("Sample"))
	case reflect.TypeFor[*messages.Language]():
		return reflect.ValueOf(messages.English())
	}
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(2)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(2)
	case reflect.String:
		if t == reflect.TypeFor[string]() { // others have a few values each
			v.SetString("/sample")
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				v.Field(i).Set(sampleOf(t.Field(i).Type, depth+1))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(sampleOf(t.Elem(), depth+1))
	case reflect.Slice:
		for range 2 {
			v.Set(reflect.Append(v, sampleOf(t.Elem(), depth+1)))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(sampleOf(t.Key(), depth+1), sampleOf(t.Elem(), depth+1))
	case reflect.Interface:
		if t.NumMethod() == 0 {
			v.Set(reflect.ValueOf("sample"))
		}
	}
	return v
}
