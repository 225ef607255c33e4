package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/check"
)

// checkSeals is the check of closed days; the others are those of the view.
const checkSeals = "seals"

// CheckOrder says what to check.
type CheckOrder struct {
	Checks []string `json:"checks,omitempty" enum:"chain,balance,receipts,tax,stock,totals,drawers,gaps,outbox,seals" doc:"All of them when left out."`
}

// CheckRun is a check, at work or ended.
type CheckRun struct {
	ID       id.ID         `json:"id"`
	State    string        `json:"state" enum:"running,done,stopped,failed"`
	Checks   []string      `json:"checks"`
	Started  time.Time     `json:"started"`
	Ended    time.Time     `json:"ended,omitzero"`
	Progress CheckProgress `json:"progress"`
	Result   *check.Result `json:"result,omitempty"`
	Sound    bool          `json:"sound" doc:"It is done, and nothing is wrong: findings that are warnings are worth knowing."`
	Problem  *Problem      `json:"problem,omitempty" doc:"Why it failed."`
}

// CheckProgress is how far a check is.
type CheckProgress struct {
	Reading string `json:"reading,omitempty" doc:"What is being read."`
	Done    int64  `json:"done"`
	Total   int64  `json:"total"`
}

// checkJob is a check that this server works on, or has.
type checkJob struct {
	job
	names    []string
	progress CheckProgress
	result   *check.Result
}

// checks registers the operations on recomputing everything.
func (a *API) checks() {
	o := register(a, http.MethodPost, operation{ID: "startCheck", Path: "/checks", Tag: tagCare, Scope: auth.ChecksRun, Summary: "Have everything recomputed from the receipts",
		Doc: "Row by row, in the background, while the shop goes on selling. One check goes on at a time; another is asked to come back. " +
			"The last results are kept in memory until the server stops."}, (*Call).startCheck)
	a.takes(o, a.schema(reflect.TypeFor[CheckOrder]()))
	begun(o)
	get(a, operation{ID: "getCheck", Path: "/checks/{id}", Tag: tagCare, Scope: auth.ChecksRun, Summary: "How far a check is, and what it found"}, a.getCheck)
	remove(a, operation{ID: "stopCheck", Path: "/checks/{id}", Tag: tagCare, Scope: auth.ChecksRun, Summary: "Stop a check",
		Doc: "One that has ended stays as it is."}, a.stopCheck)
}

// startCheck begins a check.
func (c *Call) startCheck(_ *struct{}) (*output[CheckRun], error) {
	doc, err := decode[CheckOrder](c)
	if err != nil {
		return nil, err
	}
	j := &checkJob{names: doc.Checks}
	if len(j.names) == 0 {
		j.names = append(slices.Clone(check.Names), checkSeals)
	}
	for _, n := range j.names {
		if n != checkSeals && !slices.Contains(check.Names, n) {
			return nil, check.ErrUnknownCheck.At("checks").Because(fmt.Errorf("%q", n))
		}
	}
	var book money.Currency
	err = c.over("", func(_ *db.View, shop org.Shop) error {
		book = shop.Book
		return nil
	})
	if err != nil {
		return nil, err
	}
	desk := &c.api.background.checking
	if err := desk.take(); err != nil {
		return nil, err
	}
	j.begin(id.New(c.DB().Now()))
	err = c.api.start(c, &j.job, func(ctx context.Context) error {
		defer desk.leave()
		res, err := j.run(ctx, c.DB(), book)
		if err == nil {
			j.mu.Lock()
			j.result = &res
			j.mu.Unlock()
		}
		return err
	})
	if err != nil {
		desk.leave()
		return nil, err
	}
	desk.keep(j)
	return &output[CheckRun]{Status: http.StatusAccepted, Body: j.answer()}, nil
}

// run checks.
func (j *checkJob) run(ctx context.Context, d *db.DB, book money.Currency) (res check.Result, err error) {
	res = check.Result{Currency: book, Findings: []check.Finding{}}
	others := slices.DeleteFunc(slices.Clone(j.names), func(n string) bool { return n == checkSeals })
	if len(others) > 0 {
		if res, err = check.Run(ctx, d, book, others, j.tell); err != nil {
			return res, err
		}
	}
	if len(others) == len(j.names) {
		return res, nil
	}
	j.tell(checkSeals, 0, 0)
	res.Checks = append(slices.Clone(res.Checks), checkSeals)
	err = d.Read(ctx, func(v *db.View) error {
		broken, err := closeday.Verify(v)
		for _, f := range broken {
			where := "seal of " + string(f.Seal.Day) + ", store " + f.Seal.Store
			if f.Seal.Register != "" {
				where += ", register " + f.Seal.Register
			}
			res.Findings = append(res.Findings, check.Finding{Check: checkSeals, Where: where, Message: f.Message})
		}
		return err
	})
	return res, err
}

func (j *checkJob) tell(what string, done, total int64) {
	j.mu.Lock()
	j.progress = CheckProgress{what, done, total}
	j.mu.Unlock()
}

// answer says how far it is, or what it found.
func (j *checkJob) answer() CheckRun {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := CheckRun{ID: j.id, State: j.state, Checks: j.names, Started: j.began, Ended: j.ended, Progress: j.progress, Problem: j.problem}
	if j.state == stateDone {
		out.Result, out.Sound = j.result, j.result.Sound()
	}
	return out
}

func (a *API) getCheck(c *Call, in *struct {
	ID id.ID `path:"id"`
	Waited
}) (out CheckRun, err error) {
	j, err := a.checkOf(c, in.ID)
	if err != nil {
		return out, err
	}
	in.until(c, &j.job)
	return j.answer(), nil
}

func (a *API) stopCheck(c *Call, in *struct {
	ID id.ID `path:"id"`
}) (out CheckRun, err error) {
	j, err := a.checkOf(c, in.ID)
	if err == nil {
		err = j.halt(c)
	}
	if err != nil {
		return out, err
	}
	return j.answer(), nil
}

func (a *API) checkOf(c *Call, u id.ID) (*checkJob, error) {
	if err := c.Who.NeedStore(""); err != nil {
		return nil, err
	}
	j, ok := a.background.checking.find(u)
	if !ok {
		return nil, ErrNoCheck.Named("id", u.String())
	}
	return j, nil
}
