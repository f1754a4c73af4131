package reset

// LinkOf returns the link of a token with these bytes.
func LinkOf(raw [tokenBytes]byte) Link { return linkOf(raw) }

// CodeOf is a code of these bytes.
var CodeOf = codeOf
