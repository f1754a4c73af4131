package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/postern-go/postern/store"
)

// errSealedNewer means that a newer version of the office seals the audit log in a way that
// this one must not go on with. The log is intact: another process can.
var errSealedNewer = fmt.Errorf("%w: a newer version of the office seals the audit log: replace this program by that one", store.ErrIncompatible)

// readSeal reads the text of a seal. Fields that this version does not know are kept, so that a
// replica of an older version does not lose what a newer one seals.
func readSeal(text []byte) (s seal, err error) {
	known := json.NewDecoder(bytes.NewReader(text))
	known.DisallowUnknownFields()
	if known.Decode(&s) == nil {
		return s, nil
	}
	s = seal{}
	if err := json.Unmarshal(text, &s); err != nil {
		return seal{}, err
	}
	if err := json.Unmarshal(text, &s.Others); err != nil {
		return seal{}, err
	}
	for _, name := range [...]string{"v", "keys", "keep", "witnessed", "from", "broken"} {
		delete(s.Others, name)
	}
	return s, nil
}

// encode is the text of a seal.
func (s seal) encode() []byte {
	text, err := json.Marshal(s)
	if err == nil && len(s.Others) > 0 {
		all := maps.Clone(s.Others)
		if err = json.Unmarshal(text, &all); err == nil {
			text, err = json.Marshal(all)
		}
	}
	if err != nil {
		panic("desk: seal does not encode: " + err.Error())
	}
	return text
}
