package docs_test

// resourceSnippets are those of docs/resources.md.
var resourceSnippets = []string{"post", "resource", "act", "rows", "parts", "repo", "validate", "resource test"}
