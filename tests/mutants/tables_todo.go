package main

var unmutated = map[string]string{
	"ASVS 3.7.1": "only a real browser shows it",
}
