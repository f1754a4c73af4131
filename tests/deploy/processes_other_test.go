//go:build !linux

package deploy_test

import "syscall"

func dieWithTests() *syscall.SysProcAttr { return nil }
