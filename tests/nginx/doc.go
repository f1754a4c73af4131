// Package nginx tries the office behind a real nginx, as docs/deployment.md
// configures it.
package nginx
