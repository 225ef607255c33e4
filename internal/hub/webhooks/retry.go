package webhooks

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// waits are the pauses between the attempts of a delivery, about three days in all: a weekend. After
// the attempt behind the last one it is dead.
var waits = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour,
	2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour, 20 * time.Hour, 24 * time.Hour}

// retryAfterMost bounds how long a receiver can make us wait.
const retryAfterMost = 24 * time.Hour

// wait is the pause after the attempt of a number, counted from 1, false when there is no other attempt.
func wait(attempt int64, retryAfter time.Duration, jitter func(time.Duration) time.Duration) (time.Duration, bool) {
	if attempt > int64(len(waits)) {
		return 0, false
	}
	return max(jitter(waits[attempt-1]), retryAfter), true
}

// spread moves a pause by up to a fifth either way, so that what failed together does not come back
// together.
func spread(d time.Duration) time.Duration { return d - d/5 + rand.N(2*d/5+1) }

// retryAfter reads how long a receiver asks us to wait: seconds, or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return min(max(0, time.Duration(n)*time.Second), retryAfterMost)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), retryAfterMost)
	}
	return 0
}
