package breakglass

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

var (
	errNobodyToAsk = errors.New("this cannot be undone, and there is no terminal to ask on: add -yes if it is meant")
	errNotMeant    = errors.New("nothing was done")
)

// confirm asks before what cannot be undone. Anything but a yes is a no.
func (c *call) confirm(question string) error {
	if !c.terminal() {
		return errNobodyToAsk
	}
	fmt.Fprintf(c.stderr, "%s [y/N] ", oneLine(question))
	answer, err := bufio.NewReader(c.Input).ReadString('\n')
	if err != nil {
		// /dev/null looks like a terminal, and says nothing.
		fmt.Fprintln(c.stderr)
		return errNobodyToAsk
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return errNotMeant
}

// terminal says whether somebody sits where the input comes from.
func (c *call) terminal() bool {
	file, ok := c.Input.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}
