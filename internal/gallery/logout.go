package gallery

import "github.com/postern-go/postern/internal/pages"

func signedOutPage() []state { return one(pages.SignedOutPage{}) }

func continuePage() []state {
	return []state{{"plain", pages.ContinuePage{Next: "/analytics?week=11"}}, {"hostile", pages.ContinuePage{Next: "//evil.example/; url=" + hostile}}}
}
