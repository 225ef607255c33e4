package fault_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
)

var (
	errGone = fault.New(fault.NotFound, "gone", "it is gone")
	errBusy = fault.New(fault.Unavailable, "busy", "come back in %d minutes", 5)
)

func TestFaults(t *testing.T) {
	t.Parallel()
	at := errGone.At("lines[3].qty").Because(io.EOF)
	wrapped := fmt.Errorf("reading: %w", at)
	if s := wrapped.Error(); s != "reading: lines[3].qty: it is gone: EOF" {
		t.Error(s)
	}
	if errGone.Path != "" || errGone.Err != nil {
		t.Error("At and Because changed the original")
	}
	if !errors.Is(wrapped, errGone) || !errors.Is(wrapped, io.EOF) || errors.Is(wrapped, errBusy) || !errors.Is(errGone, at) || errors.Is(errBusy, errGone) {
		t.Error("a fault is found by its code, and its cause too")
	}
	if fault.KindOf(wrapped) != fault.NotFound || fault.CodeOf(wrapped) != "gone" {
		t.Error(fault.KindOf(wrapped), fault.CodeOf(wrapped))
	}
	if fault.KindOf(io.EOF) != fault.Internal || fault.CodeOf(io.EOF) != "" || fault.KindOf(nil) != fault.Internal || fault.CodeOf(nil) != "" {
		t.Error("other errors")
	}
	if outer := errBusy.Because(at); fault.CodeOf(outer) != "busy" || !errors.Is(outer, errGone) || outer.Error() != "come back in 5 minutes: lines[3].qty: it is gone: EOF" {
		t.Error(outer)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for k, want := range map[fault.Kind]string{fault.Internal: "internal", fault.Invalid: "invalid", fault.NotFound: "not_found", fault.Conflict: "conflict",
		fault.Denied: "denied", fault.Unavailable: "unavailable", fault.Unauthenticated: "unauthenticated", 99: "internal"} {
		if k.String() != want {
			t.Errorf("%d: %s", k, k)
		}
	}
}

// A fault about a name has its field as place, and repeats the name behind the message, cut.
func TestNamed(t *testing.T) {
	t.Parallel()
	at := errGone.Named("store", "9\n9")
	var name fault.Name
	if at.Path != "store" || at.Error() != `store: it is gone: "9\n9"` || !errors.As(at, &name) || name != "9\n9" {
		t.Error(at)
	}
	if s := errGone.Named("store", strings.Repeat("ä", 101)).Error(); s != `store: it is gone: "`+strings.Repeat("ä", 100)+`…"` {
		t.Error(s)
	}
}
