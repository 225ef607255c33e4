package trail

import "github.com/tillpost/tillpost/internal/base/fault"

// ErrNoReceipt says that no receipt has the name; its code is part of the API.
var ErrNoReceipt = fault.New(fault.NotFound, "receipt_unknown", "no receipt has this id, STORE/REGISTER/NUMBER or outside number")
