package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// Communities let people call themselves anything, and every one of them can be given
// access.
func TestAnOrdinaryMemberCanBeGivenAccess(t *testing.T) {
	members := testoffice.NewDirectory()
	o := staffed(t, withMembers(members))
	o.Person("Mia")
	o.Person("José")
	o.Person("Member 1")
	members.Put(desk.Member{ID: "other", Name: "Noa", Email: "first@members.example"})
	const local = "sam"
	family := "👨\u200D👩\u200D👧\u200D👦"
	for what, m := range map[string]struct{ called, email, name, shown string }{
		"an ordinary name":                    {called: "Lea Lind", name: "Lea Lind"},
		"the name of an operator":             {called: "Mia", name: "Mia 2"},
		"one that looks like an operator's":   {called: "JOSE\u0301", name: "JOSÉ 2", shown: "JOSÉ"},
		"the name of another member":          {called: "Noa", name: "Noa 2"},
		"a handle":                            {called: "@zed", name: "zed"},
		"a handle of another network":         {called: "@zed.z@social.example", name: "zed.z"},
		"an email address":                    {called: "z.ed@mail.example", name: "z.ed"},
		"something with a sign":               {called: "Zed @ Work", name: "Zed Work"},
		"a wide sign":                         {called: "Zed＠work", name: "Zed"},
		"nothing":                             {called: "", name: local},
		"spaces":                              {called: " \t\n\u3000 ", name: local},
		"what shows nothing":                  {called: "\u200B\u2060\uFEFF\u3164", name: local},
		"an arrow of 74 characters":           {called: strings.Repeat("Ann ", 19)[:74], name: strings.TrimSpace(strings.Repeat("Ann ", 15)[:59]), shown: strings.TrimSpace(strings.Repeat("Ann ", 19)[:74])},
		"a very long one":                     {called: strings.Repeat("ß", 5000), name: strings.Repeat("ß", 59), shown: strings.Repeat("ß", 254)},
		"an accent at the cut":                {called: strings.Repeat("x", 58) + "q\u0301\u0323yz", name: strings.Repeat("x", 58), shown: strings.Repeat("x", 58) + "q\u0323\u0301yz"},
		"marks without end":                   {called: "Q" + strings.Repeat("\u0301", 400) + "x", name: "Q" + strings.Repeat("\u0301", 8) + "x", shown: "Q" + strings.Repeat("\u0301", 8) + "x"},
		"a family":                            {called: family, name: family},
		"a family at the cut":                 {called: strings.Repeat("y", 56) + family, name: strings.Repeat("y", 56)},
		"a flag at the cut":                   {called: strings.Repeat("w", 58) + "🇨🇭🇨🇭", name: strings.Repeat("w", 58)},
		"a skin at the cut":                   {called: strings.Repeat("v", 58) + "👋🏽", name: strings.Repeat("v", 58)},
		"joiners that join nothing":           {called: "U\u200Dwe\u200C", name: "Uwe", shown: "Uwe"},
		"a joiner of Persian":                 {called: "علی\u200cرضا", name: "علی\u200cرضا"},
		"Hebrew with marks of direction":      {called: "\u200Fדנה\u200F \u202Dx\u202C", name: "דנה x", shown: "דנה x"},
		"a text that turns round":             {called: "gnp.\u202Eexe", name: "gnp.exe", shown: "gnp.exe"},
		"control characters":                  {called: "Ti\x00na\x1b[31m\r\nBcc: x", name: "Ti na [31m Bcc: x", shown: "Ti na [31m Bcc: x"},
		"a deleted character":                 {called: "Tom\x7f", name: "Tom", shown: "Tom"},
		"no text":                             {called: "\xff\xfeOla", name: "Ola", shown: "Ola"},
		"characters that names cannot have":   {called: "Zoé\uFFFC`\uE000", name: "Zoé", shown: "Zoé`"},
		"a stroke through it":                 {called: "d\u0335an", name: "dan", shown: "d\u0335an"},
		"Latin and Cyrillic in a word":        {called: "P\u0430ul", name: local},
		"the office's own name":               {called: "Meadow", name: local},
		"that of the system":                  {called: "System", name: local},
		"marks only":                          {called: "\u0301\u0302", name: local},
		"signs only":                          {called: "@@@", name: local},
		"Japanese":                            {called: "山田　太郎", name: "山田 太郎", shown: "山田 太郎"},
		"a name of letters that become many":  {called: strings.Repeat("ﷺ", 20), name: strings.Repeat("ﷺ", 3)},
		"no name, and no name in the address": {email: "=@members.example", name: "="},
		"no name, and that of the office":     {email: "system@members.example", name: "system (members)"},
		"no name, and that of an operator":    {email: "mia@members.example", name: "mia (members)"},
		"an international domain":             {called: "Uli", email: "uli@münchen.example", name: "Uli"},
		"markup":                              {called: "<b>Bo</b>", name: "<b>Bo</b>"},
		"a link":                              {called: "https://evil.example/x", name: "https://evil.example/x"},
	} {
		t.Run(what, func(t *testing.T) {
			if m.email == "" {
				m.email = local + "@members.example"
			}
			if m.shown == "" && strings.ContainsFunc(m.called, func(r rune) bool { return r > ' ' && r != '\u3000' }) {
				m.shown = m.called
			}
			if left, err := o.Store.FindOperatorByMember(ctx, "m"); err == nil {
				o.Write(store.DeleteOperator{ID: left.ID, Version: left.Version})
			}
			members.Put(desk.Member{ID: "m", Name: m.called, Email: m.email})
			row, err := o.Member(ctx, o.Boss, "m")
			require.NoError(t, err)
			require.Empty(t, row.EmailProblem)
			require.NotEmpty(t, row.Called().String())
			name, err := o.GrantedName(ctx, o.Boss, row.Member)
			require.NoError(t, err)
			require.Equal(t, m.name, name)
			op, err := o.GrantAs(ctx, o.Boss, home, "m", desk.GrantForm{Name: name, Roles: []string{desk.RoleModerator}})
			require.NoError(t, err, "what is proposed can be sent")
			require.NoError(t, o.Delete(ctx, o.Boss, home, op.ID, "again"))
			op, err = o.Grant(ctx, o.Boss, home, "m", []string{desk.RoleModerator})
			require.NoError(t, err)
			require.Equal(t, m.name, op.Name)
			if what != "what shows nothing" && what != "marks only" {
				require.Equal(t, m.shown, op.MemberName)
			}
			require.Equal(t, desk.OneLine(op.MemberName, 9999), op.MemberName, "one printable line")
			o.Clock.Add(time.Hour) // there are 60 in an hour
			o.Boss = o.Actor(o.Find("id-of-boss"))
		})
	}
}

func TestAMemberWhoseEmailAddressCannotBeUsedIsExplained(t *testing.T) {
	members := testoffice.NewDirectory("Mia", "Gone", "Kai")
	o := staffed(t, withMembers(members))
	o.Invited("taken@members.example", "Ivy", desk.RoleModerator)
	for _, id := range []string{"m-gone", "m-kai"} {
		_, err := o.Grant(ctx, o.Boss, home, id, []string{desk.RoleModerator})
		require.NoError(t, err)
	}
	members.Forget("m-gone")
	lesser := o.Actor(o.Person("Lesser", o.CustomRole("Looks", desk.PermissionOperatorsView)))
	for email, says := range map[string]string{
		"":                      "no email address for this member",
		"  ":                    "no email address for this member",
		"nobody":                "“nobody”, is not one",
		"mia@":                  "is not one",
		"a\r\nBcc: x@y.example": "is not one",
		"x\x00@y.example":       "is not one",
		"taken@members.example": "Another operator, Ivy,",
		"TAKEN@Members.example": "Another operator, Ivy,",
		"gone@members.example":  "Another operator, Gone, has this email address, but is no longer a member",
		"kai@members.example":   "Another operator, Kai, has this email address. Change one of the two in the community",
	} {
		members.Put(desk.Member{ID: "m-mia", Name: "Mia", Email: email})
		row, err := o.Member(ctx, o.Boss, "m-mia")
		require.NoError(t, err)
		require.Contains(t, row.EmailProblem.String(), says, email)
		before := o.Dump()
		_, err = o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleModerator})
		requireProblem(t, err, "member", map[bool]string{true: "taken", false: "wrong"}[strings.Contains(says, "operator")])
		_, err = o.PreviewGrant(ctx, o.Boss, "m-mia", desk.GrantForm{Roles: []string{desk.RoleModerator}})
		requireProblem(t, err, "member", map[bool]string{true: "taken", false: "wrong"}[strings.Contains(says, "operator")])
		require.True(t, before == o.Dump(), email)
		row, err = o.Member(ctx, lesser, "m-mia")
		require.NoError(t, err)
		require.Empty(t, row.EmailProblem, "it names others, and the email address")
	}
}
