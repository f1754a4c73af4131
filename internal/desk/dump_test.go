package desk_test

import (
	"github.com/postern-go/postern/internal/memdump"
	"github.com/postern-go/postern/internal/strictstore"
)

// strict is a store as databases are, dump all that a memory holds.
var (
	strict = strictstore.Wrap
	dump   = memdump.Dump
)
