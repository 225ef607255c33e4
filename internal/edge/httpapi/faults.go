package httpapi

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrOurs         = fault.New(fault.Internal, "server_error", "something went wrong on our side; the log of the server says what, under the request's id")
	ErrParameter    = fault.New(fault.Invalid, "parameter", "a parameter of the request is missing or cannot be read")
	ErrRepeated     = fault.New(fault.Invalid, "parameter_repeated", "a parameter stands there twice; where several values may be named there are commas between them")
	ErrTooLarge     = fault.New(fault.Invalid, "body_too_large", "the body is longer than this operation reads")
	ErrBody         = fault.New(fault.Invalid, "body_missing", "the body is empty, or null; a JSON document is expected")
	ErrUpload       = fault.New(fault.Unavailable, "upload_not_kept", "the file could not be kept while it is read: is the disk of the server's temporary folder full?")
	ErrParts        = fault.New(fault.Invalid, "upload_parts", "a form has 1 to 20 parts named \"file\", each with a file name of its own, and at most one named \"layout\"; with that no layout is named")
	ErrWhichStore   = fault.New(fault.Invalid, "store_missing", "the shop has several stores: say which one the file is of")
	ErrBodyBroken   = fault.New(fault.Invalid, "body_broken", "the body did not arrive whole; send it again")
	ErrMediaType    = fault.New(fault.Invalid, "media_type", "send and accept application/json")
	ErrEncoding     = fault.New(fault.Invalid, "content_encoding", "the body is compressed, and a document is read as it stands: send it uncompressed, without Content-Encoding")
	ErrNoRoute      = fault.New(fault.NotFound, "route_not_found", "there is nothing at this address; /docs lists what there is")
	ErrMethod       = fault.New(fault.Invalid, "method", "this address does not know the method; /docs lists what it knows")
	ErrTooMany      = fault.New(fault.Unavailable, "rate_limit", "too many requests; wait as long as Retry-After says")
	ErrBusy         = fault.New(fault.Unavailable, "busy", "the server has as much to do as it takes on; wait as long as Retry-After says")
	ErrStopping     = fault.New(fault.Unavailable, "stopping", "the server is stopping; send the same again when it is back")
	ErrPrecondition = fault.New(fault.Conflict, "precondition", "somebody has changed it since it was read; read it again and decide anew")
	ErrNoCheck      = fault.New(fault.NotFound, "check_not_kept", "this server has no check with this id: the last ones are kept in memory until it stops")
	ErrCursor       = fault.New(fault.Invalid, "cursor", "the cursor is not one that this list has given out")
	ErrAhead        = fault.New(fault.Conflict, "cursor_ahead", "no change has this number yet: it is from another database, or from before a backup was put back; compare what you have with the shop, and begin again with 0")
	ErrFieldMissing = fault.New(fault.Invalid, "field_missing", "the document must have this field")
	ErrCodeDiffers  = fault.New(fault.Invalid, "code_differs", "the code in the document is not the one in the address")
	ErrBatch        = fault.New(fault.Invalid, "batch_size", "a batch has 1 to %d documents", BatchMost)
)
