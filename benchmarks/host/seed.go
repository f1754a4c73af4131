package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/benchmarks/visitor"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/store/sqlstore"
)

// seed creates the tables and n super-administrators with a second factor, and
// prints the name and the authenticator key of each. They enrol as people do, in an
// office in memory with the same master secret, whose factors are then moved.
func (h host) seed(ctx context.Context, to *sqlstore.Store, n int) error {
	if err := to.Migrate(ctx); err != nil {
		return err
	}
	hash, err := h.hash(ctx)
	if err != nil {
		return err
	}
	h.cheap = true
	outbox, err := os.MkdirTemp("", "postern-outbox-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(outbox) }()
	memory := memstore.New()
	parameters := store.Parameters{Alias: visitor.Alias, UpdatedAt: time.Now(), UpdatedBy: "system", Values: map[string]string{
		"signin.per_address": "10000", "signin.names_per_address": "10000",
	}}
	if err := memory.Commit(ctx, store.PutParameters{Parameters: parameters}); err != nil {
		return err
	}
	cfg, err := h.config(memory, outbox)
	if err != nil {
		return err
	}
	office, err := backoffice.New(ctx, cfg)
	if err != nil {
		return err
	}
	quick, err := h.hash(ctx)
	if err != nil {
		return err
	}
	through := visitor.Into(office.Wrap(http.NotFoundHandler()))
	writes := []store.Write{store.PutParameters{Parameters: parameters}}
	for i := range n {
		name := fmt.Sprintf("operator%d", i)
		now := store.Time(time.Now())
		o := store.Operator{
			ID: "id-of-" + name, Name: name, NameKey: name, Email: name + "@example.org", EmailKey: name + "@example.org", SearchKey: name,
			State: store.OperatorActive, PrimaryRole: store.RoleSuperAdministrator,
			Password: quick, PasswordSetAt: now, CreatedAt: now, UpdatedAt: now,
		}
		if err := memory.Commit(ctx, store.PutOperator{Operator: o}); err != nil {
			return err
		}
		v := visitor.Visitor{Base: cfg.Origin + "/" + visitor.Alias, IP: fmt.Sprintf("10.0.%d.%d", i/250, i%250+1), Through: through}
		phone, err := v.Enrol(name)
		if err != nil {
			return fmt.Errorf("enrol %s: %w", name, err)
		}
		factors, err := memory.ListFactors(ctx, o.ID)
		if err != nil {
			return err
		}
		o.Password, factors[0].Step = hash, 0
		writes = append(writes, store.PutOperator{Operator: o}, store.PutFactor{Factor: factors[0]})
		fmt.Println(name, strings.ReplaceAll(phone.Key, " ", ""))
	}
	return to.Commit(ctx, writes...)
}

// hash returns the hash of everyone's password at the cost that the flags say.
func (h host) hash(ctx context.Context) (string, error) {
	hasher, err := password.NewHasher(h.hashing())
	if err != nil {
		return "", err
	}
	return hasher.Hash(ctx, visitor.Password)
}
