package desk_test

import (
	"crypto/rand"
	"runtime"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// spoken configures an office with languages.
func spoken(tags ...string) func(*desk.Config) {
	return func(c *desk.Config) {
		c.Languages = tags
		named := fstest.MapFS{}
		for _, tag := range []string{"en", "de", "ar", "fr"} {
			named[tag+".json"] = &fstest.MapFile{Data: []byte(`{"format.name": "name of ` + tag + `", "roles.name.moderator": "moderator in ` + tag + `"}`)}
		}
		c.Messages, _ = messages.Load(named)
	}
}

func TestALanguageIsChosen(t *testing.T) {
	o := newOffice(t, spoken("en", "de", "ar"))
	op, ada := o.Enrolled("Ada", desk.RoleModerator)
	chooses := func(tag string) error { return o.ChooseLanguage(ctx, o.Identity(ada.Token), home, tag) }
	for _, tag := range []string{"fr", "DE", "de-AT", "../de", " "} {
		requireProblem(t, chooses(tag), "language", "unknown")
	}
	stale := o.Identity(ada.Token)
	for _, c := range []struct{ tag, before string }{{"de", ""}, {"ar", "de"}, {"", "ar"}} {
		require.NoError(t, chooses(c.tag))
		require.Equal(t, c.tag, o.Find(op.ID).Language)
		require.Equal(t, c.tag, o.Identity(ada.Token).Operator.Language, "from the next request")
		e := o.Events()[len(o.Events())-1]
		require.Equal(t, "operator.language_changed", e.Code)
		require.Equal(t, map[string]string{"before": c.before, "after": c.tag}, e.Detail)
		require.Equal(t, [2]string{op.ID, op.ID}, [2]string{e.ActorID, e.TargetID})
	}
	before := o.Dump()
	require.NoError(t, chooses(""))
	require.Equal(t, before, o.Dump(), "the same again is no change")
	require.ErrorIs(t, o.ChooseLanguage(ctx, stale, home, "de"), desk.ErrChanged)
}

func TestTheLanguageOfAnOffice(t *testing.T) {
	for _, c := range []struct {
		name            string
		has             []string
		parameter, want string
	}{
		{"nothing is said", nil, "", "en"},
		{"one language", []string{"de"}, "", "de"},
		{"one language, whatever was stored", []string{"de"}, "en", "de"},
		{"English is the default", []string{"ar", "en", "de"}, "", "en"},
		{"the first, without English", []string{"fr", "de"}, "", "fr"},
		{"one that was chosen", []string{"en", "de"}, "de", "de"},
		{"one that is no longer there", []string{"en", "de"}, "fr", "en"},
	} {
		o := newOffice(t, spoken(c.has...))
		if c.parameter != "" {
			o.Rules(map[string]string{"office.language": c.parameter})
		}
		require.Equal(t, c.want, o.Language(), c.name)
		for chosen, want := range map[string]string{"": c.want, "xx": c.want, c.want: c.want} {
			require.Equal(t, want, o.LanguageOf(store.Operator{Language: chosen}), c.name)
		}
		defs := o.Definitions()
		i := slices.IndexFunc(defs, func(d settings.Definition) bool { return d.Name == "office.language" })
		require.Equal(t, len(c.has) > 1, i >= 0, "%s: there is something to choose", c.name)
		if i < 0 {
			continue
		}
		require.Equal(t, c.has, defs[i].Choices, c.name)
		require.NoError(t, defs[i].Check(defs[i].Default()), c.name)
		require.Error(t, defs[i].Check("it"), c.name)
		require.Equal(t, "name of "+c.has[0], defs[i].Meant(c.has[0]).String())
	}
}

func TestTheLanguageOfAnOfficeIsAParameter(t *testing.T) {
	o := staffed(t, spoken("en", "de"))
	form := func(value string) desk.ParametersForm {
		return desk.ParametersForm{Revision: o.State().Stored.Revision, Values: map[string]string{"office.language": value}}
	}
	_, err := o.SaveParameters(ctx, o.Boss, home, form("fr"))
	requireProblem(t, err, "office.language", "range")
	changes, err := o.SaveParameters(ctx, o.Boss, home, form("de"))
	require.NoError(t, err)
	require.Len(t, changes, 1)
	require.Equal(t, [2]string{"name of en", "name of de"}, [2]string{changes[0].From.String(), changes[0].To.String()})
	require.False(t, changes[0].Loosens)
	require.Equal(t, "de", o.Language())
}

func TestLettersAreInTheLanguageOfTheirReader(t *testing.T) {
	files := fstest.MapFS{}
	for _, kind := range letters.Kinds {
		files[kind+".txt"] = &fstest.MapFile{Data: []byte("in {{.Language}}:{{with .Button}} {{.URL}}{{end}}")}
	}
	files["invitation.txt"].Data = append(files["invitation.txt"].Data, " {{.Values.Roles}}"...)
	templates, err := mail.NewTemplates(files, letters.Kinds...)
	require.NoError(t, err)
	o := staffed(t, spoken("en", "de", "ar"))
	o.Cfg.MailTemplates = templates
	o.Desk = o.Another()
	o.Rules(map[string]string{"two_factor.who": "recommended", "office.language": "ar"})
	invite := func(name, language string) string {
		_, _, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: name + "@example.org", Roles: []string{desk.RoleModerator}, Language: language})
		require.NoError(t, err)
		return o.Letter(name + "@example.org").Text
	}
	german := invite("ben", "de")
	require.Contains(t, german, "in de:")
	require.Contains(t, german, "[moderator in de]")
	require.Contains(t, invite("ben", ""), "in de:", "an invitation that is replaced keeps its language")
	require.Contains(t, invite("ben", "ar"), "in ar:")
	of := func(name string) string {
		op, err := o.Store.FindOperatorByLogin(ctx, name)
		require.NoError(t, err)
		return op.Language
	}
	require.Empty(t, of("ben"), "that of the office is no choice")
	require.Contains(t, invite("eve", ""), "in ar:")
	_, _, err = o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: "zoe@example.org", Roles: []string{desk.RoleModerator}, Language: "fr"})
	requireProblem(t, err, "language", "unknown")

	list, err := o.PreviewInvitations(ctx, o.Boss, desk.ParseInvitees("ann@example.org"), desk.InviteForm{Roles: []string{desk.RoleModerator}, Language: "de"})
	require.NoError(t, err)
	_, _, err = o.InviteSeveral(ctx, o.Boss, home, list, desk.InviteForm{Roles: []string{desk.RoleModerator}, Language: "de"})
	require.NoError(t, err)
	require.Contains(t, o.Letter("ann@example.org").Text, "in de:")
	require.Equal(t, "de", of("ann"))
	_, err = o.PreviewInvitations(ctx, o.Boss, desk.ParseInvitees("ann@example.org"), desk.InviteForm{Roles: []string{desk.RoleModerator}, Language: "fr"})
	requireProblem(t, err, "language", "unknown")

	mod := o.Person("Mod", desk.RoleModerator)
	mod.Language = "de"
	o.Write(store.PutOperator{Operator: mod})
	require.NoError(t, o.Send(ctx, o.Boss, home, mod.ID, desk.Message{Subject: "12 posts wait", Paragraphs: []string{"Since yesterday."}}))
	require.Contains(t, o.Letter("mod@example.org").Text, "in de:")
	require.NoError(t, o.RenameOperator(ctx, o.Boss, home, mod.ID, o.Find(mod.ID).Version, "Mo"))
	require.Contains(t, o.Letter("mod@example.org").Text, "in de:")
}

// Readers of any language know the office, and the built-in roles, by the names of theirs.
func TestNamesOfTheOfficeAreTakenInEveryLanguage(t *testing.T) {
	o := staffed(t, func(c *desk.Config) { c.Languages = []string{"en", "de", "ar"} })
	mod := o.Person("Mod", desk.RoleModerator)
	for _, tag := range o.Languages {
		in := o.Messages.In(tag)
		for _, key := range []string{"event.office", "event.command_line", "event.someone", "audit.entry.by.unknown"} {
			name := "“" + in.Text(key) + "”"
			requireProblem(t, o.RenameOperator(ctx, o.Boss, home, mod.ID, mod.Version, name), "name", "reserved")
		}
		_, err := o.CreateRole(ctx, o.Boss, home, desk.RoleForm{Name: in.Text("roles.name.super-administrator"), Permissions: []string{desk.PermissionAuditView}})
		requireProblem(t, err, "name", "taken")
	}
}

// What operators type is not looked up; what the host's code says is.
func TestAContactThatIsTypedIsNoMessage(t *testing.T) {
	o := newOffice(t, func(c *desk.Config) { c.Contact = "common.mail" })
	require.Equal(t, "Mail", o.Contact(messages.English()))
	o.Rules(map[string]string{"office.contact": "common.mail"})
	require.Equal(t, "common.mail", o.Contact(messages.English()))
}

// The first letter in a language takes longer. Nobody may be told by that.
func TestAskingForAPasswordPreparesEveryLanguage(t *testing.T) {
	// Those with the same messages are one, so each has a text of its own.
	load := func(own string) *messages.Catalogue {
		c, err := messages.Load(fstest.MapFS{
			"de.json": {Data: []byte(`{"common.mail": "` + own + `"}`)}, "ar.json": {Data: []byte(`{"common.mail": "` + own + `"}`)},
		})
		require.NoError(t, err)
		return c
	}
	asked, other := load(rand.Text()), load(rand.Text())
	o := newOffice(t, func(c *desk.Config) { c.Languages, c.Messages = []string{"en", "de", "ar"}, asked })
	require.NoError(t, o.RequestReset(ctx, home, "nobody@example.org"))
	for _, tag := range []string{"de", "ar"} {
		was, takes := allocations(func() { asked.In(tag) }), allocations(func() { other.In(tag) })
		require.Less(t, 2*was, takes, tag)
	}
}

// allocations counts those of one call, and those that are made beside it.
func allocations(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}
