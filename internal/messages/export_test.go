package messages

// Raw is what is embedded of a message.
func Raw(tag, key string) string {
	i, ok := source().index[key]
	if l := unpacked(tag); ok && l != nil && i < len(l.ends) {
		return l.text(i)
	}
	return "null"
}
