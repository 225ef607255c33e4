package webhooks

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// inside4 are the ranges of IPv4 that lie inside or are nobody's, after the IANA special-purpose
// registry; those that netip knows by itself are not repeated.
var inside4 = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4")

// Of IPv6 only what is given out to the world is outside, without the parts that lead to other
// addresses (Teredo, 6to4) or are for documents.
var (
	outside6 = netip.MustParsePrefix("2000::/3")
	inside6  = prefixes("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// outside tells whether an address belongs to the public internet. An IPv4 address inside an IPv6 one
// counts as what it is; one behind a translation to IPv4 (64:ff9b::/96) is not outside.
func outside(ip netip.Addr) bool {
	ip = ip.Unmap()
	if ip.Zone() != "" || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() {
		return false
	}
	ranges := inside4
	if ip.Is6() {
		if !outside6.Contains(ip) {
			return false
		}
		ranges = inside6
	}
	for _, p := range ranges {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// Limits of a request: a receiver that is slow or talks much must not hold the others up.
const (
	dialTimeout    = 5 * time.Second
	requestTimeout = 15 * time.Second // for everything, with the answer
	headersMost    = 16 << 10         // bytes of the answer's headers
	answerMost     = 4 << 10          // bytes of the answer that are read
)

// client makes the client that sends messages. It looks at every address when it is dialled, after the
// name was resolved, so that a name that leads elsewhere the second time is refused too; it follows no
// redirect and no proxy, and unpacks nothing.
func (o Options) client() *http.Client {
	free := &net.Dialer{Timeout: dialTimeout, Resolver: o.resolver}
	guarded := &net.Dialer{Timeout: dialTimeout, Resolver: o.resolver, Control: refuseInside}
	return &http.Client{
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				host, port, err := net.SplitHostPort(address)
				if err == nil && o.Allow.has(host, port) {
					return free.DialContext(ctx, network, address)
				}
				return guarded.DialContext(ctx, network, address)
			},
			TLSHandshakeTimeout: dialTimeout, MaxResponseHeaderBytes: headersMost, DisableCompression: true, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: perEndpoint, MaxIdleConns: overall, IdleConnTimeout: time.Minute,
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		},
	}
}

// refuseInside is called with the address that is about to be dialled.
func refuseInside(network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" || !outside(to.Addr()) {
		return ErrInside.Because(fmt.Errorf("%s", address))
	}
	return nil
}
