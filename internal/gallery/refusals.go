package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

func tooManyTriesPage() []state {
	return []state{
		{"plain", pages.TooManyTriesPage{Until: Time.Add(5 * time.Minute), Back: "/login"}},
		{"open", pages.TooManyTriesPage{Back: "/login"}},
	}
}

func maintenancePage() []state {
	return []state{
		{"plain", pages.MaintenancePage{}},
		{"filled", pages.MaintenancePage{Text: "We are moving to a new server."}},
	}
}

func busyPage() []state { return one(pages.BusyPage{Back: "/login"}) }

func storeDownPage() []state {
	return one(pages.StoreDownPage{RequestID: "7Q2M-K4XD", Back: "/login"})
}

func staleFormPage() []state { return one(pages.StaleFormPage{Back: "/login"}) }

func badRequestPage() []state { return one(pages.BadRequestPage{Back: "/login"}) }

func crossOriginPage() []state { return one(pages.CrossOriginPage{}) }

func methodNotAllowedPage() []state { return one(pages.MethodNotAllowedPage{}) }

func forbiddenPage() []state {
	return []state{{"plain", pages.ForbiddenPage{}}, {"named", pages.ForbiddenPage{Permission: "View analytics"}}}
}

func refusedPage() []state {
	return []state{
		{"plain", pages.RefusedPage{Text: "The back office is open from Monday to Friday, 8:00 to 18:00."}},
		{"signed-in", pages.RefusedPage{Text: "Please use the network of the office, or the VPN.", SignedIn: true}},
		{"failed", pages.RefusedPage{RequestID: "7Q2M-K4XD", SignedIn: true}},
	}
}

func notDonePage() []state {
	return one(pages.NotDonePage{Text: desk.LastSuperAdministratorText, Back: "/orders"})
}

func notFoundPage() []state { return one(pages.NotFoundPage{}) }

func unexpectedPage() []state {
	return one(pages.UnexpectedPage{RequestID: "7Q2M-K4XD", Back: "/analytics"})
}

func plainHTTPPage() []state { return one(pages.PlainHTTPPage{}) }
