package backoffice

// EventKind is a kind of audit entry of yours.
type EventKind struct {
	// Code is its stable name, "area.verb" in lower case: "garden.closed". The areas of the
	// library's own entries are the library's; see [EventCodes]. Required.
	Code string
	// Label says what happened, as a sentence: "A garden was closed." Required.
	Label string
	// Group is the heading above it where kinds are chosen; "Community" if empty.
	Group string
	// Says is the sentence of an entry, without its full stop:
	// "{actor} closed the garden {target}". If empty, the page says Label.
	Says string
}
