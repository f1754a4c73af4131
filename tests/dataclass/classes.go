// Package dataclass says what each column of the office's tables holds, and how it
// is protected. Documentation is written from it, and a run of the office is
// compared with it.
package dataclass

// Form is what a secret is stored as.
type Form string

const (
	// Digest is SHA-256, or a keyed hash, of at least 128 random bits.
	Digest Form = "SHA-256"
	// Slow is argon2id, with parameters and salt, as text.
	Slow Form = "argon2id"
	// Stretched is argon2id alone, Salt its parameters and salt.
	Stretched Form = "argon2id with the set's salt"
	Salt      Form = "with the cost"
	// Sealed is AES-256-GCM.
	Sealed Form = "AES-256-GCM"
	// Keyed is HMAC-SHA-256, Short its first 24 bits.
	Keyed Form = "HMAC-SHA-256"
	Short Form = "24 bits of HMAC-SHA-256, or an operator's id"
)

// Table is one table. Each of its columns has one class, and columns are separated
// by spaces.
type Table struct {
	Name string
	// Internal columns identify no one but by an id, and grant nothing.
	Internal string
	// Confidential columns are for operators only, but are not secrets.
	Confidential string
	// Personal columns are about people, and plain.
	Personal string
	// Secret columns would let someone in, belong to the host, or tell who was where.
	Secret map[string]Form
	// Kept is how long, Readers who is shown the personal columns. No one is shown
	// the secret ones.
	Kept, Readers string
}

// Tables are all tables.
var Tables = []Table{
	{
		Name:     "postern_operators",
		Internal: "id version state primary_role roles must_change_password created_by password_by two_factor mark",
		Personal: "name name_key email email_key search_key member_id created_at updated_at password_set_at invite_expires_at last_active_at locked_until",
		Secret:   map[string]Form{"password": Slow, "password_history": Slow},
		Kept:     "until deleted", Readers: "`operators.view`",
	},
	{
		Name:     "postern_roles",
		Internal: "id version name name_key description require_two_factor permissions created_at updated_at",
		Kept:     "until deleted", Readers: "`operators.view`",
	},
	{
		Name:     "postern_sessions",
		Internal: "id operator_id",
		Personal: "created_at seen_at ends_at proved_at ip user_agent",
		Secret:   map[string]Form{"digest": Digest},
		Kept:     "until it ends", Readers: "the operator, `operators.manage`",
	},
	{
		Name:     "postern_session_values",
		Internal: "session_id name",
		Secret:   map[string]Form{"data": Sealed},
		Kept:     "with the session", Readers: "your pages",
	},
	{
		Name:     "postern_pre_sessions",
		Internal: "operator_id operator_version next",
		Personal: "created_at expires_at ip user_agent",
		Secret:   map[string]Form{"digest": Digest},
		Kept:     "10 minutes", Readers: "no one",
	},
	{
		Name:     "postern_factors",
		Internal: "id operator_id kind step",
		Personal: "label created_at confirmed_at last_used_at ip",
		Secret:   map[string]Form{"secret": Sealed},
		Kept:     "until removed", Readers: "the operator",
	},
	{
		Name:     "postern_recovery_sets",
		Internal: "operator_id",
		Personal: "created_at",
		Secret:   map[string]Form{"salt": Salt},
		Kept:     "until replaced", Readers: "the operator",
	},
	{
		Name:     "postern_recovery_codes",
		Internal: "operator_id",
		Secret:   map[string]Form{"hash": Stretched},
		Kept:     "until used or replaced", Readers: "no one",
	},
	{
		Name:     "postern_devices",
		Internal: "operator_id",
		Personal: "first_at last_at",
		Secret:   map[string]Form{"digest": Keyed},
		Kept:     "a year after the last sign-in, or with the operator", Readers: "no one",
	},
	{
		Name:     "postern_browsers",
		Internal: "id operator_id",
		Personal: "created_at seen_at ip user_agent",
		Secret:   map[string]Form{"digest": Digest, "previous": Digest},
		Kept:     "180 days after the last sign-in, until removed, or with the operator", Readers: "the operator; how many: `operators.manage`",
	},
	{
		Name:     "postern_tokens",
		Internal: "purpose subject used_at created_at expires_at created_by",
		Secret:   map[string]Form{"digest": Digest},
		Kept:     "30 days", Readers: "no one",
	},
	{
		Name:         "postern_parameters",
		Internal:     "id revision roles_mark confirm_by sessions_from settings updated_at updated_by",
		Confidential: "alias previous_alias",
		Kept:         "current ones", Readers: "every operator (alias), `parameters.manage`",
	},
	{
		Name:     "postern_mails",
		Internal: "id kind operator_id state attempts next_attempt_at",
		Personal: "recipient subject search_key lane reply created_at tried_at sent_at expires_at",
		Secret:   map[string]Form{"body": Sealed},
		Kept:     "90 days; the text until sent or cancelled", Readers: "`mail.view`",
	},
	{
		Name:     "postern_counters",
		Internal: "hits first_at last_at expires_at",
		Secret:   map[string]Form{"id": Short},
		Kept:     "until they expire", Readers: "no one",
	},
	{
		Name:     "postern_events",
		Internal: "seq id code outcome target_kind route request_id session_id mac latest_at area",
		Personal: "at actor_id actor_name target_id target_name ip user_agent reason detail",
		Kept:     "`audit.keep`, 365 days", Readers: "`audit.view`",
	},
	{
		Name:     "postern_event_times",
		Internal: "at seq",
		Kept:     "as the entries", Readers: "no one",
	},
	{
		Name:     "postern_event_head",
		Internal: "id seq mac latest_at purged_seq purged_mac seal",
		Kept:     "for ever", Readers: "no one",
	},
	{
		Name:     "postern_guards",
		Internal: "name",
		Kept:     "for ever", Readers: "no one",
	},
}
