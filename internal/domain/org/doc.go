// Package org is the shop itself: its settings, stores, registers and drawers. Nearly everything
// refers to them by code, so a code never changes its meaning: a second definition with another
// content is a conflict. Only names may change.
package org
