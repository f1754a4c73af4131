package main

var (
	throttling, sessions, authorization, forgery, cryptography, audit, configuration, neighbours []mutation
	unmutated = map[string]string{}
)
