package parts_test

import (
	"fmt"

	"github.com/postern-go/postern/backoffice/parts"
)

// A form that is refused is shown again, with what was typed and what is wrong with it.
func ExampleForm() {
	var form parts.Form
	title := ""
	if title == "" {
		form = form.Refuse("title", "Enter a title.")
	}
	field := form.Field("title", "Title", title)
	fmt.Println(form.Failed(), field.Error, field.Autofocus)
	// Output: true Enter a title. true
}
