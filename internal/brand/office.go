package brand

import "strings"

// Office is what a sentence calls an office of this name, after "the". It does not repeat
// "back office", which may be in the name.
func Office(name string) string {
	const what = "back office"
	name = strings.TrimSpace(name)
	if strings.Contains(strings.ToLower(name), what) {
		return name
	}
	return strings.TrimSpace(name + " " + what)
}
