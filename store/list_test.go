package store_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

func TestPageLimit(t *testing.T) {
	for limit, want := range map[int]int{-1: 50, 0: 50, 1: 1, 2: 2, 50: 50, 499: 499, 500: 500, 501: 50, 1 << 30: 50} {
		require.Equal(t, want, store.PageLimit(limit), "limit %d", limit)
	}
}

func TestPhrase(t *testing.T) {
	for text, want := range map[string]string{
		"": "", " -- ": "", "ada": "ada", " ada  love": "ada love", "ada.king@example.org": "ada king example org",
		"o'neil": "o neil", "jose\u0301 \u96ea": "jose\u0301 \u96ea", "\u0663 room-101": "\u0663 room 101", "a\xff\x00b": "a b",
	} {
		require.Equal(t, want, store.Phrase(text), "%q", text)
	}
}

func TestPhrases(t *testing.T) {
	for _, c := range []struct{ name, email, want string }{
		{"", "", ""},
		{"ada", "", "ada"},
		{"ada", "ada@example.org", "ada|ada example org|example org|org"},
		{"ada lovelace", "", "ada lovelace|lovelace|lovelace ada"},
		{"grace m. hopper", "", "grace hopper|grace m hopper|hopper|hopper grace m|m hopper"},
		{"", "grace.hopper@example.org", "example org|grace hopper example org|hopper example org|org"},
		{"org org", "org@org", "org|org org"},
	} {
		require.Equal(t, c.want, strings.Join(store.Phrases(c.name, c.email), "|"), "%q %q", c.name, c.email)
	}
}
