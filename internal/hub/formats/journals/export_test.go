package journals

// AppendMajor is the amount writer, for tests.
var AppendMajor = appendMajor
