package pan

// Mask returns text with every card number in it overwritten by asterisks, its last four digits
// excepted. Text without one comes back as it is.
func Mask(text string) string {
	var out []byte
	for i := 0; i < len(text); i++ {
		if !digit(text[i]) || i > 0 && digit(text[i-1]) {
			continue
		}
		end := cardEnd(text[i:], plus(text, i))
		if end == 0 {
			continue
		}
		if out == nil {
			out = []byte(text)
		}
		keep := 4
		for j := i + end - 1; j >= i; j-- {
			if !digit(out[j]) {
				continue
			}
			if keep > 0 {
				keep--
				continue
			}
			out[j] = '*'
		}
		i += end - 1
	}
	if out == nil {
		return text
	}
	// What is left may, with its neighbours, look like another number. Each round leaves fewer digits.
	return Mask(string(out))
}

// cardEnd returns how many bytes from the start of text on belong to a card number, 0 for none.
func cardEnd(text string, phone bool) int {
	var buf [19]byte
	n, end := 0, 0
	for i := 0; i < len(text) && n < len(buf); i++ {
		c := text[i]
		if digit(c) {
			buf[n] = c
			n++
			last := i+1 == len(text) || !digit(text[i+1])
			if last && card(buf[:n], phone) {
				end = i + 1
			}
			continue
		}
		if (c == ' ' || c == '-') && i+1 < len(text) && digit(text[i+1]) {
			continue
		}
		break
	}
	return end
}
