package db

import "testing"

// Only what means the same without numbers is written without them.
func TestPositional(t *testing.T) {
	t.Parallel()
	for q, want := range map[SQL]string{
		"SELECT 1":                          "SELECT 1",
		"a = $1":                            "a = ?",
		"a IN ($1,$2,$3) AND b = 'x' OR $4": "a IN (?,?,?) AND b = 'x' OR ?",
		"a = $2 AND b = $1":                 "a = $2 AND b = $1",
		"a = $1 AND b = $1":                 "a = $1 AND b = $1",
		"a = $10":                           "a = $10",
		"a = '$1'":                          "a = '$1'",
		"a = $1 OR b = '$2'":                "a = $1 OR b = '$2'",
		"a = $":                             "a = $",
	} {
		if got := positional(q); got != want {
			t.Errorf("%s: %s", q, got)
		}
	}
}
