package deploy_test

import "syscall"

// dieWithTests ends a process when the test binary crashes.
func dieWithTests() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
