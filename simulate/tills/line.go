package tills

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Line is a connection to a server that is kept, and costs the measuring machine little: requests are
// made beforehand, and of an answer only the status and the length are looked at.
type Line struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

// patience is how long an answer may take.
const patience = 30 * time.Second

// Dial opens a connection to host:port.
func Dial(addr string) (*Line, error) {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	return &Line{conn: c, in: bufio.NewReader(c)}, nil
}

// Close ends the connection.
func (l *Line) Close() { _ = l.conn.Close() }

// Request is a request as it goes over the line.
func Request(method, path, key string, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: till\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
		method, path, key, len(body))
	b.Write(body)
	return b.Bytes()
}

// Send sends a request and reads the answer; the body is good until the next one.
func (l *Line) Send(request []byte) (status int, body []byte, err error) {
	if err := l.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, nil, err
	}
	if _, err := l.conn.Write(request); err != nil {
		return 0, nil, err
	}
	first, err := l.in.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(first) < 12 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	if status, err = strconv.Atoi(string(first[9:12])); err != nil {
		return 0, nil, err
	}
	length := -1
	for {
		h, err := l.in.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		if len(h) <= 2 {
			break
		}
		if name, value, _ := strings.Cut(string(h), ":"); strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return 0, nil, err
			}
		}
	}
	if length < 0 {
		return 0, nil, fmt.Errorf("status %d without a length (%s)", status, http.StatusText(status))
	}
	if cap(l.body) < length {
		l.body = make([]byte, length)
	}
	l.body = l.body[:length]
	_, err = io.ReadFull(l.in, l.body)
	return status, l.body, err
}
