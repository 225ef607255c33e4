package shop

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/receive"
)

// arrival is a receipt on its way in, or another write.
type arrival struct {
	r *receipt.Receipt
	w write
}

// moment has tills sell and then send all at once, some of it twice; in a great one lorries arrive
// and a till counts its drawer meanwhile.
func (s *Sim) moment(ops int) error {
	s.say("a moment of %d", ops)
	if err := s.fill(ops); err != nil {
		return err
	}
	var lanes [][]arrival
	for _, st := range s.stores {
		for _, t := range st.tills {
			if !t.offline {
				lanes = append(lanes, s.lane(t))
			}
		}
	}
	var counting *till
	if ops >= greatMoment {
		var other []arrival
		for range 1 + s.r.IntN(3) {
			other = append(other, s.lorry(s.stores[s.r.IntN(len(s.stores))])...)
		}
		if s.r.IntN(2) == 0 {
			other = append(other, s.disguised()...)
		}
		lanes = append(lanes, other)
		if t := s.anyTill(); s.r.IntN(2) == 0 && !t.shift.IsZero() && !t.counted {
			counting = t
			w, _ := s.counting(t)
			lanes = append(lanes, []arrival{{w: w}})
		}
	}
	if err := s.together(s.writes(s.merge(lanes))); err != nil || counting == nil {
		return err
	}
	if err := s.closeShift(counting); err != nil {
		return err
	}
	return s.openShift(counting)
}

// greatMoment is how many receipts make a moment a great one.
const greatMoment = 10

func (s *Sim) anyTill() *till {
	st := s.stores[s.r.IntN(len(s.stores))]
	return st.tills[s.r.IntN(len(st.tills))]
}

// fill has the tills sell without sending.
func (s *Sim) fill(ops int) error {
	s.hold = true
	defer func() { s.hold = false }()
	for range ops {
		t := s.anyTill()
		var err error
		switch n := s.r.IntN(20); {
		case n < 13:
			err = s.sell(t)
		case n < 15:
			err = s.refund(t)
		case n < 17:
			err = s.exchange(t)
		case n < 18:
			err = s.bring(t)
		case n < 19:
			err = s.void(t)
		default:
			err = s.empty(t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lane is what a till sends: in order or not, some of it twice, what is broken before the rest.
func (s *Sim) lane(t *till) []arrival {
	queue := t.queue
	t.queue = nil
	if len(queue) > 1 && s.r.IntN(3) == 0 {
		s.r.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
	}
	var out []arrival
	for i := range queue {
		r := &queue[i]
		if s.r.IntN(25) == 0 {
			if w, ok := s.tampered(*r); ok {
				out = append(out, arrival{w: w})
			}
		}
		out = append(out, arrival{r: r})
		if s.r.IntN(8) == 0 {
			out = append(out, arrival{r: &queue[s.r.IntN(i+1)]})
		}
	}
	return out
}

// lorry is a delivery, now and then sent twice.
func (s *Sim) lorry(st *store) []arrival {
	d, lines := s.truck(st)
	send := func() error {
		_, err := receive.Deliver(s.ctx, s.d, d)
		return err
	}
	out := []arrival{{w: write{do: send, then: func() { s.delivered(d, lines) }}}}
	if s.r.IntN(4) == 0 {
		out = append(out, arrival{w: write{do: send}})
	}
	return out
}

// disguised is another receipt under the id of one that has arrived. A group that it is in is undone
// and run again one by one.
func (s *Sim) disguised() []arrival {
	o := s.sold[s.r.IntN(len(s.sold))]
	if !s.here[o.ID] {
		return nil
	}
	r := *o.Receipt
	r.Note = "another"
	r.Seal(r.PrevHash)
	s.say("%s/%s #%d, another under its id", r.Store, r.Register, r.Number)
	return []arrival{{w: s.refused(r, sales.ErrOtherContent.Code)}}
}

// refused sends what must be refused and leave nothing behind.
func (s *Sim) refused(r receipt.Receipt, want string) write {
	return write{
		do: func() error {
			_, _, err := checkout.Complete(s.ctx, s.d, r)
			if fault.CodeOf(err) != want {
				return fmt.Errorf("%s/%s #%d, tampered with: want %s, got %w", r.Store, r.Register, r.Number, want, err)
			}
			return nil
		},
		then: func() { s.note(Refused) },
	}
}

// merge puts the lanes side by side into one order that keeps each lane's own.
func (s *Sim) merge(lanes [][]arrival) []arrival {
	var out []arrival
	for {
		var left []int
		for i, l := range lanes {
			if len(l) > 0 {
				left = append(left, i)
			}
		}
		if len(left) == 0 {
			return out
		}
		i := left[s.r.IntN(len(left))]
		out, lanes[i] = append(out, lanes[i][0]), lanes[i][1:]
	}
}

// writes are arrivals in their order: a receipt is new the first time and then the same again.
func (s *Sim) writes(list []arrival) []write {
	var out []write
	seen := map[*receipt.Receipt]bool{}
	for _, a := range list {
		switch {
		case a.r == nil:
			out = append(out, a.w)
		case seen[a.r]:
			out = append(out, s.again(a.r))
		default:
			seen[a.r] = true
			out = append(out, s.sending(a.r))
		}
	}
	return out
}
