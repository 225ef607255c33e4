package db

// Committed returns a channel that is closed when this process next commits a group of writes, so that
// listeners need not poll. Take it before you read: what is committed after the reading closes it.
// Other processes on the same PostgreSQL database do not close it: there a listener also looks now and
// then by itself.
func (d *DB) Committed() <-chan struct{} {
	for {
		if c := d.wake.Load(); c != nil {
			return *c
		}
		c := make(chan struct{})
		if d.wake.CompareAndSwap(nil, &c) {
			return c
		}
	}
}

// committed wakes the listeners. Without any it costs the writer one look.
func (d *DB) committed() {
	if d.wake.Load() == nil {
		return
	}
	if c := d.wake.Swap(nil); c != nil {
		close(*c)
	}
}
