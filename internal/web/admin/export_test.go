package admin

// What forms of parameters are made of and read with.
var (
	SplitDuration    = splitDuration
	JoinDuration     = joinDuration
	ReadableDuration = readableDuration
	ShownRevision    = shownRevision
	ReadRevision     = readRevision
	UnitsFor         = unitsFor
)
