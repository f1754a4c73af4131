package garden

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// seeds are the posts that a new community begins with. Nobody can sign in as
// their authors, so there is no account that everybody knows.
var seeds = []struct {
	author, title, body string
	age                 time.Duration
	reports             int
}{
	{"Marta Lindqvist", "Water is back on at the lower plots",
		"The leak by the tool shed is mended, and the tap works again. Please turn it off by hand until it stops dripping: the new washer is stiff.\n\nThank you to everybody who carried cans last week.",
		20 * time.Hour, 0},
	{"Tomasz Adeyemi", "Seed swap on Saturday at ten",
		"Bring what you have too much of, in paper bags with the year on them. We have tables, string and tea. Beans and tomatoes go quickly, so come early if you are after something special.",
		3 * 24 * time.Hour, 0},
	{"Pallets4Less", "CHEAP PALLETS, CALL NOW",
		"Best prices on pallets for raised beds!!! Lorry comes to your gate. Only this week.",
		4 * 24 * time.Hour, 3},
	{"Noor Haddad", "Who has seen the long ladder?",
		"I would like to prune the two old pear trees before the buds swell. The ladder is not in the shed and not in the book. If it is leaning behind your compost, no hard feelings, just bring it back by Sunday.",
		9 * 24 * time.Hour, 0},
	{"Marta Lindqvist", "Five new plots, and how they are given out",
		"The council has given us the strip along the brook. It makes five small plots. We go by the waiting list, and half of them are kept for people without a garden at home.\n\nIf you are on the list you will get a letter this week.",
		17 * 24 * time.Hour, 0},
	{"Ruth Okonjo", "Slugs: what worked for me this year",
		"Copper tape did nothing. Boards laid out in the evening and turned over in the morning did a lot, and the hedgehogs behind plot 12 did the rest. Please leave their corner alone.",
		31 * 24 * time.Hour, 0},
}

// seed writes the first posts into an empty table. A community whose last post
// was deleted keeps members, so it does not get them again.
func (g *Garden) seed(ctx context.Context, tx *sql.Tx) error {
	var used bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM posts) OR EXISTS (SELECT 1 FROM members)`).Scan(&used)
	if err != nil || used {
		return err
	}
	for i, s := range seeds {
		id, at := fmt.Sprintf("seed-%d", i+1), g.now().Add(-s.age).Unix()
		_, err := tx.ExecContext(ctx, `INSERT INTO posts (id, author, title, body, reports, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
			id, s.author, s.title, s.body, s.reports, at)
		if err != nil {
			return err
		}
		for n := range s.reports {
			_, err := tx.ExecContext(ctx, `INSERT INTO reports (post_id, member_id, created_at) VALUES (?, ?, ?)`,
				id, fmt.Sprintf("seed-reader-%d", n+1), at)
			if err != nil {
				return err
			}
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO announcements (title, body, state, created_at) VALUES (?, ?, ?, ?)`,
		"The gate is locked at dusk", "From the first of November on, take your key with you. Whoever leaves last locks the shed, too.", Shown, g.now().Unix())
	return err
}
