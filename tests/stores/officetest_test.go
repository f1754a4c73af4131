package stores_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
	"github.com/postern-go/postern/backoffice/officetest/memberstest"
	"github.com/postern-go/postern/tests/postgres"
)

// numbered is a directory whose ids are integers, which the office knows as text.
type numbered struct {
	db *sql.DB
	// key is how a query of this database says a value.
	key string
}

func (d numbered) FindMember(ctx context.Context, id string) (backoffice.Member, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != id {
		return backoffice.Member{}, backoffice.ErrNoMember
	}
	return d.find(ctx, `SELECT id, name, email FROM members WHERE id = `+d.key, n)
}

func (d numbered) FindMemberByLogin(ctx context.Context, login string) (backoffice.Member, error) {
	return d.find(ctx, `SELECT id, name, email FROM members WHERE email = `+d.key, strings.ToLower(login))
}

func (d numbered) find(ctx context.Context, query string, key any) (m backoffice.Member, err error) {
	err = d.db.QueryRowContext(ctx, query, key).Scan(&m.ID, &m.Name, &m.Email)
	if errors.Is(err, sql.ErrNoRows) {
		err = backoffice.ErrNoMember
	}
	return m, err
}

func (d numbered) CheckMemberPassword(ctx context.Context, id, password string) (bool, error) {
	m, err := d.FindMember(ctx, id)
	if errors.Is(err, backoffice.ErrNoMember) {
		return false, nil
	}
	return err == nil && password == "of "+m.Name, err
}

// TestATestOfAHostOnEachStore is what a host writes that tests with its own database.
func TestATestOfAHostOnEachStore(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.open(t)
		for _, statement := range []string{
			`CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email VARCHAR(100) NOT NULL)`,
			`INSERT INTO members VALUES (7, 'Mia', 'mia@example.org'), (17, 'Noa', 'noa@example.org')`,
		} {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		directory := numbered{db, each(d, "?", "$1", "?")}
		if d.driver == postgres.Driver {
			memberstest.Run(t, directory, memberstest.Fixture{Members: []memberstest.Member{
				{Member: backoffice.Member{ID: "7", Name: "Mia", Email: "mia@example.org"}, Logins: []string{"mia@example.org"}, Password: "of Mia"},
				{Member: backoffice.Member{ID: "17", Name: "Noa", Email: "noa@example.org"}, Logins: []string{"Noa@example.org"}, Password: "of Noa"},
			}})
		}
		cfg := backoffice.Config{Store: d.store(t), Members: directory}
		for i := range 2 { // offices of two tests, one after the other
			office := officetest.New(t, cfg)
			mia := office.SignIn(t, officetest.Operator{MemberID: "7", Roles: []string{backoffice.SuperAdministrator}})
			require.Equal(t, "Mia", mia.Operator.Name)
			email := "ben" + strconv.Itoa(i) + "@example.org"
			mia.Submit("/operators/new", "email", email, "role", backoffice.Moderator).Want(t, http.StatusOK)
			office.Mails().To(email).Link(t, "/welcome")
			require.Len(t, office.Events("operator.invited").All, 1)
			office.SignIn(t, officetest.Operator{}).Get("/operators").Want(t, http.StatusForbidden)
			office.Advance(10 * time.Minute)
			mia.StepUp()
			mia.Get("/operators/new").Want(t, http.StatusOK)
		}
	})
}
