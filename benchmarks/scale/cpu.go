package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ownTime is the time of CPUs that this process has used.
func ownTime() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// treeTime is the time of CPUs that the threads of a process and of its children have used.
// What has ended no longer counts, such as the workers that PostgreSQL starts now and then.
func treeTime(pid int) (time.Duration, error) {
	all := time.Duration(0)
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	for _, stat := range stats {
		folder := filepath.Dir(stat)
		if filepath.Base(folder) != strconv.Itoa(pid) && parent(stat) != pid {
			continue
		}
		// See Documentation/scheduler/sched-stats.rst of Linux: the first number is in
		// nanoseconds. The times in proc(5) are in hundredths of a second.
		threads, err := filepath.Glob(filepath.Join(folder, "task", "*", "schedstat"))
		if err != nil {
			return 0, err
		}
		for _, thread := range threads {
			text, err := os.ReadFile(thread)
			if err != nil {
				continue // it has just ended
			}
			var t time.Duration
			if _, err := fmt.Sscan(string(text), &t); err != nil {
				return 0, fmt.Errorf("%s: %w", thread, err)
			}
			all += t
		}
	}
	if all == 0 {
		return 0, fmt.Errorf("/proc says nothing about the process %d", pid)
	}
	return all, nil
}

// parent is the process that started another one; 0 if that has just ended.
func parent(stat string) int {
	text, err := os.ReadFile(stat)
	if err != nil {
		return 0
	}
	// The second field is a name in brackets, which may hold anything.
	_, rest, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')')+1:]), " ")
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return 0
	}
	pid, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return pid
}
