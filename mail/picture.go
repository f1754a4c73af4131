package mail

import (
	"bytes"
	"errors"
	"fmt"

	gomail "github.com/wneessen/go-mail"
)

// Picture is a picture that the HTML part shows. It travels inside the message, so that a
// mail program loads nothing, and no one learns when the message was read.
type Picture struct {
	// ContentID is what the HTML part calls it: "logo" is shown by
	// <img src="cid:logo">. It has the form of a Message.ID. Required.
	ContentID string
	// ContentType is image/png or image/jpeg, which every mail program shows. Required.
	ContentType string
	// Body has at most [MaxPicture] bytes. Required.
	Body []byte
}

// MaxPicture is the most bytes of a picture: each of many messages carries it.
const MaxPicture = 64 << 10

// LogoID is the ContentID of the logo in a [Letter].
const LogoID = "logo"

// extensions are those of the content types of pictures.
var extensions = map[string]string{"image/png": ".png", "image/jpeg": ".jpg"}

func (p Picture) check() error {
	var errs []error
	if !validID(p.ContentID) {
		errs = append(errs, errors.New("content id: need 1 to 64 letters, digits and . _ -"))
	}
	if extensions[p.ContentType] == "" {
		errs = append(errs, errors.New("content type: need image/png or image/jpeg"))
	}
	if len(p.Body) == 0 || len(p.Body) > MaxPicture {
		errs = append(errs, fmt.Errorf("body: need 1 to %d bytes", MaxPicture))
	}
	return errors.Join(errs...)
}

// embed puts the picture beside the HTML part (RFC 2387, RFC 2392).
func (p Picture) embed(msg *gomail.Msg) error {
	return msg.EmbedReader(p.ContentID+extensions[p.ContentType], bytes.NewReader(p.Body),
		gomail.WithFileContentID("<"+p.ContentID+">"), gomail.WithFileContentType(gomail.ContentType(p.ContentType)))
}
