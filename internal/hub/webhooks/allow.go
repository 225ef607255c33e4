package webhooks

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// AllowEnv names the variable that lists hosts inside that webhooks may be sent to, with commas.
const AllowEnv = "TILLPOST_WEBHOOK_ALLOW"

// Allow are the hosts by name that may lie inside and be sent to without encryption.
type Allow []hostPort

// hostPort is a host in small letters; port "" stands for every port.
type hostPort struct{ host, port string }

// ParseAllow reads hosts written as HOST or HOST:PORT. Empty ones are passed over.
func ParseAllow(list []string) (Allow, error) {
	var out Allow
	for _, text := range list {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		h := hostPort{host: strings.Trim(text, "[]")}
		if _, err := netip.ParseAddr(h.host); err != nil && strings.Contains(text, ":") {
			h.host, h.port, err = net.SplitHostPort(text)
			if _, bad := strconv.ParseUint(h.port, 10, 16); err != nil || bad != nil {
				return nil, ErrAllow.At(text)
			}
		}
		if h.host = plainHost(h.host); h.host == "" || strings.ContainsAny(h.host, "/@ ") {
			return nil, ErrAllow.At(text)
		}
		out = append(out, h)
	}
	return out, nil
}

// plainHost is a host name in the form in which names are compared.
func plainHost(s string) string { return strings.TrimSuffix(strings.ToLower(s), ".") }

// has tells whether a host is allowed.
func (a Allow) has(host, port string) bool {
	host = plainHost(host)
	for _, h := range a {
		if h.host == host && (h.port == "" || h.port == port) {
			return true
		}
	}
	return false
}

// urlMost bounds an address.
const urlMost = 2000

// checkURL refuses an address that messages cannot be sent to. Where a name leads is seen only when it
// is dialled; an address in numbers is looked at now, so that whoever types it is told.
func (a Allow) checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || len(text) > urlMost || u.Host == "" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" ||
		strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || unicode.IsControl(r) }) {
		return ErrURL.At("url")
	}
	allowed := a.has(u.Hostname(), portOf(u))
	switch {
	case u.Scheme == "http" && !allowed:
		return ErrPlain.At("url")
	case u.Scheme != "http" && u.Scheme != "https":
		return ErrURL.At("url")
	case allowed:
		return nil
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !outside(ip) {
		return ErrInside.At("url")
	}
	return nil
}

// portOf is the port that a request to an address goes to.
func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}
