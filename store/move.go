package store

import "context"

// Movable is a store whose office can be moved to another database. It is not part of the
// contract: a store may do without.
type Movable interface {
	// Elsewhere returns the store of another database, to move to. Like [sql.Open], it does not
	// connect. If the store is an [io.Closer], close it after use.
	//
	// [sql.Open]: https://pkg.go.dev/database/sql#Open
	Elsewhere(Place) (Store, error)
	// Move does what m.Way says. It is safe to call again after an error, or after a crash at any
	// moment, with the same stores: it goes on where the last call ended.
	Move(ctx context.Context, m Move) (Moved, error)
}

// Place says where a database is.
type Place struct {
	// DataSourceName is as the database's driver takes it, and tells which kind of database it is.
	// No error quotes it.
	DataSourceName string
	// Driver is the name under which the program has the driver. If empty, it is the first that is
	// known for that kind of database.
	Driver string
	// TablePrefix begins the names of tables there. If empty, it is that of the store to move from.
	TablePrefix string
}

// MoveWay says what [Movable.Move] does.
type MoveWay int

const (
	// MoveTry changes nothing. It reads everything, and fails with all that would stop a move.
	MoveTry MoveWay = iota
	// MoveAll moves the office. From its beginning on, everything that uses the old database fails
	// with [ErrUnavailable].
	MoveAll
	// MoveBack undoes a move that is not complete: the office works in its old database again, and
	// the copy is dropped.
	MoveBack
)

// Move configures a move. The zero value of a field other than To is safe.
type Move struct {
	// Way says what to do. The zero value only looks.
	Way MoveWay
	// To is where the office goes: another store of the same package. MoveBack needs it only if the
	// move was so far that the copy could be in use.
	To Store
	// Replace drops what an office that was moved away has left in To. Without it, To must be empty.
	Replace bool
	// Verify, if not nil, is called before anything changes with the store to move from, and with
	// the copy before it is in use. If it fails, so does the move.
	Verify func(context.Context, Store) error
	// Progress, if not nil, is called now and then.
	Progress func(MoveProgress)
}

// MoveProgress is how far a move is.
type MoveProgress struct {
	// Step is what is being done.
	Step MoveStep
	// Table is the table, without its prefix, and Rows how many of its rows are done, of Of.
	Table    string
	Rows, Of int
}

// MoveStep is a part of a move.
type MoveStep string

// The steps of a move, in their order; the copy is verified as well. MoveTry ends before MoveStop.
const (
	MoveVerify  MoveStep = "verify"
	MoveRead    MoveStep = "read"
	MoveStop    MoveStep = "stop"
	MoveCopy    MoveStep = "copy"
	MoveCompare MoveStep = "compare"
	MoveSwitch  MoveStep = "switch"
)

// Moved is the result of a move.
type Moved struct {
	// From and To are the kinds of the databases, such as "sqlite".
	From, To string
	// Tables are the rows of each table, without its prefix.
	Tables []MovedTable
	// Resumed reports that an earlier call had begun.
	Resumed bool
	// Stopped reports that the office is stopped, and neither here nor there: call again.
	Stopped bool
	// Left is how the names of the tables begin that stay in the old database.
	Left string
}

// MovedTable is a table and how many rows it has.
type MovedTable struct {
	Name string
	Rows int
}
