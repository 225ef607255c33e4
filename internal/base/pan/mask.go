package pan

// Mask returns text with every card number in it overwritten by asterisks, its last four digits
// excepted. Text without one comes back as it is.
func Mask(text string) string {
	var c candidate
	for i := 0; i < len(text); {
		_, size, ok := digitAt(text, i)
		if ok {
			if n := c.read(text, i); n > 0 {
				// What is left may, with its neighbours, look like another number. Each round leaves fewer digits.
				return Mask(c.masked(text, n))
			}
			size = c.group
		}
		i += size
	}
	return text
}

// masked overwrites the first n-4 digits of the candidate.
func (c *candidate) masked(text string, n int) string {
	out := make([]byte, 0, len(text))
	from := 0
	for _, at := range c.at[:n-4] {
		out = append(append(out, text[from:at]...), '*')
		_, size, _ := digitAt(text, at)
		from = at + size
	}
	return string(append(out, text[from:]...))
}
