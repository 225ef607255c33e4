package webhooks

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
)

// Addresses inside, on this machine, of nobody, or that hide one of these, are refused.
func TestOutside(t *testing.T) {
	t.Parallel()
	for _, ip := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1",
		"172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
		"224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::808:808",
		"64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1",
		"fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
	} {
		if outside(netip.MustParseAddr(ip)) {
			t.Errorf("%s is taken for outside", ip)
		}
	}
	for _, ip := range []string{"1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1",
		"198.17.255.255", "198.20.0.1", "223.255.255.255", "::ffff:8.8.8.8", "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1"} {
		if !outside(netip.MustParseAddr(ip)) {
			t.Errorf("%s is taken for inside", ip)
		}
	}
}

func allow(t testing.TB, list ...string) Allow {
	t.Helper()
	a, err := ParseAllow(list)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestCheckURL(t *testing.T) {
	t.Parallel()
	a := allow(t, "", "erp.local:8080", " Books.Local ", "[::1]:9", "10.0.0.7")
	for text, want := range map[string]string{
		"https://example.com/hook?key=1": "", "https://example.com:8443/": "", "https://8.8.8.8/": "", "https://[2606:4700::1111]/": "",
		"http://erp.local:8080/x": "", "https://erp.local:8080/x": "", "http://books.local/": "", "http://BOOKS.local./": "", "http://[::1]:9/": "", "http://10.0.0.7:1/": "",
		"http://example.com/": "webhook_not_encrypted", "http://erp.local/": "webhook_not_encrypted", "http://erp.local:8081/": "webhook_not_encrypted",
		"https://10.0.0.8/": "webhook_target_inside", "https://127.0.0.1/": "webhook_target_inside", "https://[::1]/": "webhook_target_inside",
		"https://[::ffff:10.0.0.1]/": "webhook_target_inside", "https://[64:ff9b::a00:1]/": "webhook_target_inside",
		"": "webhook_url", "example.com": "webhook_url", "ftp://example.com/": "webhook_url", "https://": "webhook_url", "https:///x": "webhook_url",
		"https://user@example.com/": "webhook_url", "https://user:pass@example.com/": "webhook_url", "https://example.com/#x": "webhook_url",
		"https://exa mple.com/": "webhook_url", "https://example.com/\nx": "webhook_url", "https:example.com": "webhook_url", "file:///etc/passwd": "webhook_url",
		"https://example.com/" + strings.Repeat("x", urlMost): "webhook_url",
	} {
		if got := fault.CodeOf(a.checkURL(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, bad := range []string{"http://x", "host:", ":80", "a b", "x@y", "a:b:c"} {
		if _, err := ParseAllow([]string{bad}); fault.CodeOf(err) != "webhook_allow" {
			t.Errorf("%q is allowed: %v", bad, err)
		}
	}
}

// hello sends a message without meaning.
func hello(o Options, to string) attempted {
	return send(context.Background(), o.client(), time.Now, to, signed{"x", []byte("{}"), []string{newSecret()}})
}

// An address inside is refused when it is dialled, whatever name led there, unless the host is allowed.
func TestDialIsGuarded(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433"} {
		if a := hello(Options{}, "http://"+host+":"+port+"/"); a.status != 0 || a.problem == "" {
			t.Errorf("%s: %+v", host, a)
		}
		if a := hello(Options{Allow: allow(t, "other.local", "127.0.0.1:1")}, "http://"+host+":"+port+"/"); a.status != 0 {
			t.Errorf("%s: %+v", host, a)
		}
	}
	if calls.Load() != 0 {
		t.Fatalf("%d requests came inside", calls.Load())
	}
	if a := hello(Options{Allow: allow(t, "127.0.0.1:"+port)}, s.URL); a.status != 200 || calls.Load() != 1 {
		t.Errorf("an allowed host: %+v", a)
	}
}

// A name that leads outside when it is looked at and inside when it is dialled is refused: what counts is
// the address that is dialled.
func TestRebinding(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it came inside") }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go answerDNS(theirs, [4]byte{127, 0, 0, 1})
		return ours, nil
	}}
	a := hello(Options{resolver: resolver}, "http://hooks.example.com:"+port+"/")
	if a.status != 0 || !strings.Contains(a.problem, "inside a private network") {
		t.Errorf("%+v", a)
	}
}

// answerDNS answers every question for an IPv4 address with ip, and every other with nothing, as over TCP.
func answerDNS(c net.Conn, ip [4]byte) {
	defer c.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, question); err != nil {
			return
		}
		end := 12
		for question[end] != 0 {
			end += int(question[end]) + 1
		}
		end += 5 // the empty label, type and class
		answer := append([]byte{}, question[:end]...)
		answer[2], answer[3] = 0x81, 0x80
		copy(answer[6:12], []byte{0, 0, 0, 0, 0, 0})
		if question[end-3] == 1 {
			answer[7] = 1
			answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
			answer = append(answer, ip[:]...)
		}
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

// Answers are kept short, not followed and not unpacked.
func TestAnswers(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/target", http.StatusTemporaryRedirect)
		case "/target":
			t.Error("the redirect was followed")
		case "/long":
			w.WriteHeader(http.StatusBadGateway)
			for range 1000 {
				_, _ = w.Write([]byte("\x1b[31mcard 4111 1111 1111 1111 \u202e\n" + strings.Repeat("x", 1000)))
			}
		case "/headers":
			for range 100 {
				w.Header().Add("X-Long", strings.Repeat("x", 1000))
			}
		case "/gzip":
			if r.Header.Get("Accept-Encoding") != "" {
				t.Error("it asks for what must be unpacked")
			}
			w.WriteHeader(http.StatusTeapot)
		case "/fine":
			_, _ = w.Write([]byte("thank you"))
		}
	}))
	defer s.Close()
	o := Options{Allow: allow(t, strings.TrimPrefix(s.URL, "http://"))}
	for path, status := range map[string]int{"/redirect": 307, "/long": 502, "/headers": 0, "/gzip": 418, "/fine": 200} {
		a := hello(o, s.URL+path)
		if a.status != status || len([]rune(a.excerpt)) > excerptMost+1 || a.fine() && a.excerpt != "" || strings.ContainsAny(a.excerpt, "\x1b\u202e\n") ||
			strings.Contains(a.excerpt, "1111 1111") {
			t.Errorf("%s: %+v", path, a)
		}
		if (a.status == 0) != (a.problem != "") {
			t.Errorf("%s: %+v", path, a)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{"": 0, "120": 2 * time.Minute, "-5": 0, "soon": 0, "99999999": retryAfterMost, "99999999999999": 0,
		"Sat, 14 Mar 2026 12:01:30 GMT": 90 * time.Second, "Sat, 14 Mar 2026 11:00:00 GMT": 0, "Sat, 14 Mar 2036 12:00:00 GMT": retryAfterMost} {
		if got := retryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	var sum time.Duration
	for i, d := range waits {
		if sum += d; i > 0 && d <= waits[i-1] {
			t.Errorf("pause %d is not longer than the one before", i)
		}
		for range 100 {
			if s := spread(d); s < d-d/5 || s > d+d/5 {
				t.Errorf("%s became %s", d, s)
			}
		}
	}
	if sum < 70*time.Hour || sum > 74*time.Hour {
		t.Errorf("the pauses come to %s", sum)
	}
	none := func(d time.Duration) time.Duration { return d }
	if _, again := wait(int64(len(waits))+1, time.Hour, none); again {
		t.Error("it goes on for ever")
	}
	if d, again := wait(1, time.Hour, none); !again || d != time.Hour {
		t.Errorf("%s, %t", d, again)
	}
}
