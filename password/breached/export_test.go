package breached

// ParseLine reads one line, for the fuzz test.
func ParseLine(prefix, line string) (hash [20]byte, count uint64, err error) {
	return parseLine(prefix, []byte(line))
}
