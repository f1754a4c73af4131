package view

import "strings"

// deviceIcon names the icon for a device described as "Firefox on Windows".
func deviceIcon(device string) string {
	_, system, found := strings.Cut(device, " on ")
	switch {
	case system == "iPhone" || system == "Android":
		return "phone"
	case system == "iPad":
		return "tablet"
	case found:
		return "device"
	}
	return "unknown"
}
