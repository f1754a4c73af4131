package reset

// LinkOf is the link of a token with these bytes.
func LinkOf(raw [tokenBytes]byte) Link { return linkOf(raw) }
