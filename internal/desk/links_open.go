package desk

import (
	"context"
	"fmt"
	"strconv"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

const (
	// openLinksNamed is how many links are listed with names, and openLinksMost where
	// counting them stops.
	openLinksNamed = 10
	openLinksMost  = 500
)

// OpenLinks are the unused one-time links with the last confirmed office address, which
// stop working with it.
type OpenLinks struct {
	Invitations LinkList
	// Asked are links to a new password that operators asked for themselves, and Made
	// those that someone made for them.
	Asked, Made LinkList
	// Setup are those that set the office up.
	Setup LinkList
}

// Count is how many there are; see [LinkList].
func (l OpenLinks) Count() int {
	return l.Invitations.Count + l.Asked.Count + l.Made.Count + l.Setup.Count
}

// LinkList is open links of a kind.
type LinkList struct {
	// Count is how many there are; with AtLeast, there may be more.
	Count   int
	AtLeast bool
	// First are up to ten of them, the first to expire.
	First []OpenLink
}

// More is how many are not among First.
func (l LinkList) More() int { return l.Count - len(l.First) }

// Number is Count as people read it.
func (l LinkList) Number() messages.Text {
	if l.AtLeast {
		return messages.New("alias.links.at_least", "count", l.Count)
	}
	return messages.New("alias.links.number", "count", l.Count)
}

// OpenLink is whose link it is.
type OpenLink struct {
	OperatorID, Name string
	// By is the name of who made it, empty for the command line, or if the operator
	// asked for it.
	By string
}

// OpenLinks returns the links that a new office address breaks, up to ten of a kind by
// name if the actor may view operators. Counting takes three reads, and names one for
// each operator.
func (d *Desk) OpenLinks(ctx context.Context, a Actor, named bool) (OpenLinks, error) {
	none := OpenLinks{}
	if !a.Can(PermissionParametersManage) {
		return none, ErrForbidden
	}
	s, err := d.current(ctx, a)
	if err != nil {
		return none, err
	}
	named = named && a.Can(PermissionOperatorsView)
	found := none
	for _, purpose := range []string{store.PurposeInvite, store.PurposeReset, store.PurposeSetup} {
		tokens, err := d.Store.ListTokens(ctx, store.TokenQuery{Purpose: purpose, Home: homeTag(s.confirmedAlias()), Now: d.Now(), Limit: openLinksMost})
		if err != nil {
			return none, fmt.Errorf("list links: %w", err)
		}
		for _, t := range tokens {
			list := &found.Made
			switch {
			case t.Subject == nobody:
				continue
			case purpose == store.PurposeInvite:
				list = &found.Invitations
			case purpose == store.PurposeSetup:
				list = &found.Setup
			case t.CreatedBy == "" || t.CreatedBy == t.Subject:
				list = &found.Asked
			}
			list.Count++
			list.AtLeast = len(tokens) == openLinksMost
			if !named || purpose == store.PurposeSetup || len(list.First) == openLinksNamed {
				continue
			}
			one, err := d.whose(ctx, t)
			if err != nil {
				return none, err
			}
			list.First = append(list.First, one)
		}
	}
	return found, nil
}

func (d *Desk) whose(ctx context.Context, t store.Token) (OpenLink, error) {
	o, err := d.findMaker(ctx, t.Subject)
	if err != nil {
		return OpenLink{}, err
	}
	by, err := d.findMaker(ctx, t.CreatedBy)
	return OpenLink{OperatorID: t.Subject, Name: o.Name, By: by.Name}, err
}

// AliasMails returns how many operators were notified when a new office address was last
// confirmed, and how many open links had another one then.
func (d *Desk) AliasMails(ctx context.Context, a Actor) (operators, links int, err error) {
	if !a.Can(PermissionParametersManage) {
		return 0, 0, ErrForbidden
	}
	events, err := d.Store.ListEvents(ctx, store.EventQuery{Code: "alias.confirmed", Limit: 1})
	if err != nil {
		return 0, 0, fmt.Errorf("list events: %w", err)
	}
	if len(events.Rows) > 0 {
		operators, _ = strconv.Atoi(events.Rows[0].Detail["operators"])
		links, _ = strconv.Atoi(events.Rows[0].Detail["links"])
	}
	return operators, links, nil
}
