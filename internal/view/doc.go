// Package view renders pages inside one layout.
//
// A page is rendered into a buffer by [Renderer.Render] from two values: a
// [Frame], which is what surrounds every page, and the page's own data.
// Templates reach them as .Frame and .Page. Layout, partials and pages are
// files that a host may replace by name; pages of a host's own are parsed by
// [Renderer.ParseHost] and render inside the same layout.
//
// Templates print data; neither we nor a host can turn data into markup by
// accident: the types of html/template that switch escaping off are not used.
// Pages carry no script, style or event handler of their own, so that a strict
// Content-Security-Policy holds; stylesheets and script are [Renderer.Assets].
package view
