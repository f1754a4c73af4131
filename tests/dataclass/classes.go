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
	// Kept is how long rows are kept, Readers who is shown the personal columns. No one
	// is shown the secret ones.
	Name, Kept, Readers string
	// Internal columns identify people only by an id, and grant nothing.
	Internal string
	// Personal columns are about people, and are stored as they are.
	Personal string
	// Secret columns would let someone in, belong to the host, or reveal who was where.
	Secret Secrets
	// Confidential columns are for operators only, but are not secrets.
	Confidential string
}

// Secrets are secret columns, with the form of each.
type Secrets map[string]Form

// Tables are all tables: name, kept, readers; internal, personal, secret and confidential
// columns.
var Tables = []Table{
	{"postern_operators", "until deleted", "`operators.view`",
		"id version state primary_role roles must_change_password created_by password_by two_factor passkey subject mark",
		"name name_key email email_key search_key member_id member_name member_email refreshed_at language created_at updated_at password_set_at invite_expires_at last_active_at locked_until subject_name ends_at",
		Secrets{"password": Slow, "password_history": Slow}, ""},
	{"postern_roles", "until deleted", "`operators.view`",
		"id version name name_key description require_two_factor require_passkey permissions created_at updated_at", "", nil, ""},
	{"postern_sessions", "until it ends", "the operator, `operators.manage`",
		"id operator_id method provider", "created_at seen_at ends_at proved_at ip user_agent", Secrets{"digest": Digest}, ""},
	{"postern_session_values", "with the session", "your pages",
		"session_id name", "", Secrets{"data": Sealed}, ""},
	{"postern_pre_sessions", "10 minutes", "no one",
		"operator_id operator_version next method provider", "created_at expires_at ip user_agent", Secrets{"digest": Digest}, ""},
	{"postern_factors", "until removed", "the operator",
		"id operator_id kind step handle", "label created_at confirmed_at last_used_at ip", Secrets{"secret": Sealed}, ""},
	{"postern_recovery_sets", "until replaced", "the operator",
		"operator_id", "created_at", Secrets{"salt": Salt}, ""},
	{"postern_recovery_codes", "until used or replaced", "no one",
		"operator_id", "", Secrets{"hash": Stretched}, ""},
	{"postern_devices", "a year after the last sign-in, or with the operator", "no one",
		"operator_id", "first_at last_at", Secrets{"digest": Keyed}, ""},
	{"postern_browsers", "180 days after the last sign-in, until removed, or with the operator", "the operator; how many: `operators.manage`",
		"id operator_id", "created_at seen_at ip user_agent", Secrets{"digest": Digest, "previous": Digest}, ""},
	{"postern_tokens", "30 days", "no one",
		"purpose subject used_at created_at expires_at created_by home", "", Secrets{"digest": Digest, "sealed": Sealed}, ""},
	{"postern_parameters", "current ones", "every operator (alias), `parameters.manage`",
		"id revision min_version office roles_mark confirm_by sessions_from settings setup updated_at updated_by", "", nil, "alias previous_alias"},
	{"postern_mails", "90 days; the text until sent or cancelled", "`mail.view`",
		"id kind operator_id state attempts next_attempt_at", "recipient subject search_key lane reply created_at tried_at sent_at expires_at", Secrets{"body": Sealed}, ""},
	{"postern_counters", "until they expire", "no one",
		"hits first_at last_at expires_at", "", Secrets{"id": Short}, ""},
	{"postern_answers", "5 minutes", "the browser that sent the form",
		"claim expires_at", "", Secrets{"digest": Keyed, "data": Sealed}, ""},
	{"postern_events", "`audit.keep`, 365 days", "`audit.view`",
		"seq id code outcome target_kind route request_id session_id mac latest_at area",
		"at actor_id actor_name target_id target_name ip user_agent reason detail", nil, ""},
	{"postern_event_times", "as the entries", "no one",
		"at seq", "", nil, ""},
	{"postern_event_head", "for ever", "no one",
		"id seq mac latest_at purged_seq purged_mac seal", "", nil, ""},
	{"postern_guards", "for ever", "no one",
		"name", "", nil, ""},
	{"postern_migrations", "for ever", "no one",
		"version name migrated_at", "", nil, ""},
}
