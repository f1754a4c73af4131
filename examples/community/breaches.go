package main

import (
	"os"

	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/password/breached"
)

// breachedPasswords is the list that -breaches names. A file stays open as long as the program runs.
func breachedPasswords(list string) (password.BreachChecker, error) {
	if list == "online" {
		return breached.New(breached.Config{UserAgent: "riverside-community"})
	}
	if info, err := os.Stat(list); err == nil && info.IsDir() {
		return breached.OpenFolder(list, breached.FileConfig{})
	}
	return breached.OpenFile(list, breached.FileConfig{})
}
