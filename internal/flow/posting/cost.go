package posting

import (
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// cost debits the cost of goods and credits the location's inventory; goods that come back on the
// shelf do the reverse (J2). Goods that come back damaged move from cost of goods to damage: the
// inventory account stays.
func (b *builder) cost(r *receipt.Receipt, c *inventory.Cost) {
	d := dims{}
	if l := lineNo(r, c.Line); l != nil {
		d.department = l.Department
	}
	b.add(RoleCOGS, d.department, c.Value, d)
	if c.Kind == inventory.Damaged {
		b.add(RoleDamaged, d.department, -c.Value, d)
		return
	}
	b.add(RoleInventory, c.Location, -c.Value, dims{})
}

// lineNo finds a line by its number, which is its place on all but odd documents.
func lineNo(r *receipt.Receipt, no int) *receipt.Line {
	if no >= 1 && no <= len(r.Lines) && r.Lines[no-1].No == no {
		return &r.Lines[no-1]
	}
	for i := range r.Lines {
		if r.Lines[i].No == no {
			return &r.Lines[i]
		}
	}
	return nil
}
