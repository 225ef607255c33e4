package receipt

// Verify tells whether a sealed receipt is unchanged and continues its register's chain. prev is the
// register's receipt before it, nil for number 1.
func Verify(r, prev *Receipt) error {
	if r.Number < 1 || r.Hash.IsZero() {
		return ErrUnsealed.At("hash")
	}
	if r.Sum(nil) != r.Hash {
		return ErrHash.At("hash")
	}
	if prev == nil {
		if r.Number != 1 {
			return ErrGap.At("number")
		}
		if !r.PrevHash.IsZero() {
			return ErrChain.At("prev_hash")
		}
		return nil
	}
	if r.Store != prev.Store || r.Register != prev.Register {
		return ErrChain.At("register")
	}
	if r.Number != prev.Number+1 {
		return ErrGap.At("number")
	}
	if r.PrevHash != prev.Hash {
		return ErrChain.At("prev_hash")
	}
	return nil
}
