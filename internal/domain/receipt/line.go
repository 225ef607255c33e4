package receipt

// Revenue tells whether the line is income of the shop. Tips, gift cards, deposits and the like are
// owed to somebody; a consignment brings only its commission.
func (l *Line) Revenue() bool {
	switch l.Kind {
	case Item, Service, ServiceCharge:
		return true
	default:
		return false
	}
}
