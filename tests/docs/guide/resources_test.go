package guide_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/tests/docs/guide"
)

// begin resource test
func TestModeratorsHideInTheirSectionOnly(t *testing.T) {
	rows := resource.Slice(guide.Post{ID: 1, Title: "Pruning", Section: "roses"}, guide.Post{ID: 2, Title: "Swarms", Section: "bees"},
		guide.Post{ID: 3, Title: "Mulch", Section: "roses"})
	office := officetest.New(t, backoffice.Config{Parts: []backoffice.Part{guide.Posts(rows, resource.Relation{})}})
	mia := office.SignIn(t, officetest.Operator{MemberID: "rose-keeper", Permissions: []string{"posts.view", "posts.hide"}})
	mia.Submit("/posts/1/hide", "reason", "spam").Want(t, 200)
	mia.Get("/posts/2/hide").Want(t, 403)
	mia.Submit("/posts/-/bulk?act=hide&row=1&row=2&row=3", "reason", "spam").WantText(t, "Mulch")
	office.Events("posts.hide").Want(t, "begun 1", "success 1", "refused 2", "begun 3", "success 3")
}

// end resource test

// memory is a data layer over a slice.
type memory struct{ resource.Data[guide.Post] }

func (m memory) Post(ctx context.Context, id string) (guide.Post, error) { return m.Get(ctx, id) }

func (m memory) Posts(ctx context.Context, q resource.Query) ([]guide.Post, error) {
	return m.List(ctx, q)
}

func (m memory) Add(ctx context.Context, p guide.Post) (string, error) { return m.Create(ctx, p) }

func (memory) Save(context.Context, guide.Post, int64) (bool, error) { return false, nil }

func TestOverARepository(t *testing.T) {
	rows := resource.Slice(guide.Post{ID: 1, Title: "Pruning", Section: "roses", Body: "Cut."})
	require.NoError(t, guide.Posts(rows, resource.Relation{}).Check())
	over := guide.Posts(guide.OverRepo(memory{rows}), resource.Relation{})
	over.Validate = guide.NoEmptyPosts
	require.NoError(t, over.Check())
	require.ErrorIs(t, over.Data.Update(context.Background(), resource.Change[guide.Post]{}), backoffice.ErrChanged)
	require.Error(t, over.Validate(context.Background(), nil, &guide.Post{Status: "live"}))
	require.NoError(t, over.Validate(context.Background(), nil, &guide.Post{}))
	require.NotEmpty(t, guide.Mounted(backoffice.Config{}, nil).Parts)
}
