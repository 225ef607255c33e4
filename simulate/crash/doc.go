// Package crash kills a selling server again and again and looks whether anything is lost, twice or half
// there. It has tests only: ten kills for each database in every run of the tests, and as many as one
// likes by hand: make crash KILLS=100.
package crash
