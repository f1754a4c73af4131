package password_test

import (
	"context"
	"fmt"
	"log"

	"github.com/postern-go/postern/password"
)

func ExampleHasher() {
	ctx := context.Background()
	hasher, err := password.NewHasher(password.Config{})
	if err != nil {
		log.Fatal(err)
	}
	encoded, err := hasher.Hash(ctx, "violet harbour nine kettles")
	if err != nil {
		log.Fatal(err)
	}
	right, err := hasher.Verify(ctx, "violet harbour nine kettles", encoded)
	if err != nil {
		log.Fatal(err)
	}
	wrong, err := hasher.Verify(ctx, "violet harbour ten kettles", encoded)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(encoded[:len("$argon2id$v=19$m=65536,t=3,p=1")])
	fmt.Println(right.Match, wrong.Match)
	// Output:
	// $argon2id$v=19$m=65536,t=3,p=1
	// true false
}

// An imported hash is replaced at the first sign-in.
func ExampleHasher_Verify() {
	ctx := context.Background()
	hasher, err := password.NewHasher(password.Config{})
	if err != nil {
		log.Fatal(err)
	}
	stored := "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
	result, err := hasher.Verify(ctx, "U*U", stored)
	if err != nil {
		log.Fatal(err)
	}
	if result.Match && result.Outdated {
		if stored, err = hasher.Hash(ctx, "U*U"); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(stored[:len("$argon2id$")])
	// Output: $argon2id$
}

func ExamplePolicy_Check() {
	words := password.ContextWords(password.Context{
		Office: "Quillmere Back Office",
		Origin: "https://community.quillmere.example",
		Email:  "annabel@quillmere.example",
	})
	for _, typed := range []string{"Quillmere2026!", "violet harbour nine kettles"} {
		fmt.Println(typed)
		for _, reason := range password.DefaultPolicy().Check(typed, words) {
			fmt.Println("-", reason.Code)
		}
	}
	// Output:
	// Quillmere2026!
	// - too_short
	// - context
	// - weak
	// violet harbour nine kettles
}

func ExamplePolicy_Requirements() {
	for _, r := range password.DefaultPolicyTwoFactor().Requirements() {
		fmt.Printf("%s: %s\n", r.Code, r.Text)
	}
	// Output:
	// too_short: At least 12 characters
	// too_long: At most 256 characters, spaces and emoji included
	// too_common: Not a common password, nor made from one
	// context: Not made from your name, your email address or the name of this site
	// weak: Hard to guess: strength “good” or better
}

func ExampleStrength() {
	for _, typed := range []string{"baseball2026", "my kettle", "violet harbour nine kettles"} {
		score := password.Strength(typed, nil)
		fmt.Printf("%s: %s (%d of %d)\n", typed, password.StrengthWord(score), score, password.MaxStrength)
	}
	// Output:
	// baseball2026: very weak (0 of 4)
	// my kettle: fair (2 of 4)
	// violet harbour nine kettles: strong (4 of 4)
}
