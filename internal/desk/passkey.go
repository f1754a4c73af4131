package desk

// Passkeys is a backoffice.Passkeys.
type Passkeys interface {
	CreationOptions(PasskeyRequest) ([]byte, error)
	RequestOptions(PasskeyRequest) ([]byte, error)
	Created(r PasskeyRequest, answer []byte) (Passkey, error)
	Used(r PasskeyRequest, of Passkey, answer []byte) (PasskeyUse, error)
}

// PasskeyRequest is a backoffice.PasskeyRequest.
type PasskeyRequest struct {
	RPID, Origin, RPName      string
	Challenge                 []byte
	UserID                    []byte
	UserName, UserDisplayName string
	Known                     []Passkey
	VerifyUser                bool
	Discoverable              bool
}

// Passkey is a backoffice.Passkey.
type Passkey struct {
	ID, PublicKey                []byte
	Transports                   []string
	AAGUID                       []byte
	Counter                      uint32
	UserVerified, Copies, Copied bool
}

// PasskeyUse is a backoffice.PasskeyUse.
type PasskeyUse struct {
	Counter              uint32
	UserVerified, Copied bool
}
