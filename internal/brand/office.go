package brand

import "strings"

// Office is what a sentence calls an office of this name, after "the". It does not repeat
// "back office", which may be in the name.
func Office(name string) string {
	const what = "back office"
	name = strings.TrimSpace(name)
	switch lower := strings.ToLower(name); {
	case name == "", lower == what:
		return what
	case strings.Contains(lower, what):
		return name
	}
	return name + " " + what
}
