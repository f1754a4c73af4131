// Package view renders pages inside one layout.
//
// [Renderer.Render] renders a page into a buffer from two values: a [Frame], which
// surrounds every page, and the page's own data. Templates reach them as .Frame
// and .Page. A host may replace layout, partials and pages by name; its own pages
// are parsed by [Renderer.ParseHost] and rendered inside the same layout.
//
// Data cannot become markup by accident, neither ours nor a host's: the types of
// html/template that switch escaping off are not used. Pages have no inline
// script, style or event handler, so that a strict Content-Security-Policy holds;
// stylesheets and script are [Renderer.Assets].
package view
