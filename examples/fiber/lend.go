package main

import (
	"crypto/rand"
	"net/http"
	"sync"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
)

// Fiber's adaptor passes on a request but not its context, from which the office
// knows the operator. So the request waits here, under a name that travels with it.
const lentHeader = "X-Lent"

var requests sync.Map

// lend is adaptor.FiberApp for an app inside the office.
func lend(app *fiber.App) http.Handler {
	serve := adaptor.FiberApp(app)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := rand.Text()
		r.Header.Set(lentHeader, name)
		requests.Store(name, r)
		defer requests.Delete(name)
		serve(w, r)
	})
}

// lent is the request as the office let it in.
func lent(c fiber.Ctx) *http.Request {
	r, _ := requests.Load(c.Get(lentHeader))
	return r.(*http.Request)
}

// within answers with a handler of net/http.
func within(c fiber.Ctx, h http.Handler) error {
	err := adaptor.HTTPHandlerFunc(func(w http.ResponseWriter, _ *http.Request) { h.ServeHTTP(w, lent(c)) })(c)
	c.Response().Header.Del(fiber.HeaderContentLength) // middleware may compress the answer
	return err
}

// use makes a middleware of Fiber from one of net/http.
func use(middleware func(http.Handler) http.Handler) fiber.Handler {
	return func(c fiber.Ctx) error {
		passed := false
		err := within(c, middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { passed = true })))
		if err != nil || !passed {
			return err
		}
		return c.Next()
	}
}
