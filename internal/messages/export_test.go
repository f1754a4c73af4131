package messages

// Raw is what is embedded of a message.
func Raw(tag, key string) string {
	i, ok := source().index[key]
	if l := unpacked(tag); ok && l != nil && i < len(l.texts) {
		return string(l.texts[i])
	}
	return "null"
}
