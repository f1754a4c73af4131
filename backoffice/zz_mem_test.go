package backoffice_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"testing/fstest"
	"time"
	"log/slog"; "io/fs"; 

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store/memstore"
)

func TestMem100(t *testing.T) {
	heap := func() (uint64) {
		runtime.GC(); runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	src, _ := fs.ReadFile(backoffice.OriginalPages(), "login.html")
	_ = src
	for _, what := range []string{"plain", "messages", "pages", "handler"} {
	var keep []*backoffice.Office
	b := heap()
	ctx, cancel := context.WithCancel(t.Context())
	t0 := time.Now()
	for i := range 20 {
		cfg := backoffice.Config{Origin: fmt.Sprintf("https://c%d.example", i), Secret: secretOf(i), Store: memstore.New(), Mail: &mail.Outbox{Dir: t.TempDir()}, Log: slog.New(slog.DiscardHandler)}
		switch what {
		case "messages": cfg.Messages = fstest.MapFS{"de.json": {Data: []byte(`{"common.cancel":"Halt"}`)}, "en.json": {Data: []byte(`{"common.cancel":"Stop"}`)}}
		case "pages": cfg.PageTemplates = fstest.MapFS{"login.html": {Data: src}}
		case "handler": 
			cfg.HandlerTemplates = fstest.MapFS{"a.html": {Data: []byte(`{{define "title"}}x{{end}}{{define "content"}}<p>Hi{{end}}`)}}
			cfg.Guards = map[string]string{"/a": backoffice.AnyOperator}
		}
		o, err := backoffice.New(ctx, cfg)
		if err != nil { t.Fatal(err) }
		keep = append(keep, o)
	}
	el := time.Since(t0)
	for _, o := range keep {
		w := httptest.NewRecorder()
		o.Wrap(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", o.HomeURL()+"login", nil))
		if w.Code != 200 { t.Fatal(w.Code) }
	}
	h := heap(); fmt.Println(what, "per office KB", (int64(h)-int64(b))>>10/20, "new each", el/20)
	runtime.KeepAlive(keep)
	cancel()
	}
}
func secretOf(i int) []byte { b := make([]byte, 32); for j := range b { b[j] = byte(i*7 + j*13) }; return b }
