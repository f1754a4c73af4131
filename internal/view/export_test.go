package view

// Overridden is how many sets of templates of hosts are in use.
func (t *Templates) Overridden() int { return t.overridden.Len() }
