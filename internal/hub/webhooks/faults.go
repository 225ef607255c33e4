package webhooks

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrNotFound   = fault.New(fault.NotFound, "webhook_not_found", "there is no webhook with this id")
	ErrNoDelivery = fault.New(fault.NotFound, "delivery_not_found", "the webhook has no delivery with this id")
	ErrMany       = fault.New(fault.Conflict, "webhooks_too_many", "there are 100 webhooks, which is the most: remove one first")
	ErrURL        = fault.New(fault.Invalid, "webhook_url", "a webhook's address is an https:// address without a user, a password or a fragment")
	ErrPlain      = fault.New(fault.Invalid, "webhook_not_encrypted", "http:// is for hosts inside that are allowed by name; others need https://")
	ErrInside     = fault.New(fault.Denied, "webhook_target_inside", "the address lies inside a private network or on this machine; such hosts must be allowed by name")
	ErrAllow      = fault.New(fault.Invalid, "webhook_allow", "an allowed host is written as HOST or HOST:PORT")
	ErrState      = fault.New(fault.Invalid, "webhook_state", "a webhook can be made active or paused")
	ErrDelivery   = fault.New(fault.Invalid, "webhook_delivery_state", "a delivery is waiting, delivered or dead")
	ErrVersion    = fault.New(fault.Conflict, "webhook_version", "the webhook was changed in the meantime: look at it again")
	ErrSince      = fault.New(fault.Invalid, "webhook_since", "this is not a number of the log")
	ErrGrace      = fault.New(fault.Invalid, "webhook_grace", "an old secret goes on signing for 30 days at most")
	ErrReplay     = fault.New(fault.Invalid, "webhook_replay", "say what to send again: one delivery, all dead ones, or everything since a number of the log")
)
