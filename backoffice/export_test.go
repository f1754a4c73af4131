package backoffice

// HashRuns is how many slow hashes the office has computed.
func (o *Office) HashRuns() int64 { return o.desk.Hasher.Runs() }

// SameSegment is the gate's comparison, FirstSegment what it compares.
var (
	SameSegment  = sameSegment
	FirstSegment = firstSegment
)
