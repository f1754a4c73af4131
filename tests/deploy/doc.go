// Package deploy tries what is in the folder deploy: its proxies in front of real
// replicas of examples/replicas, and, with the flag -deploy, every file with the program
// that it is for.
package deploy
