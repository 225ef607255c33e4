package inventory

import "github.com/tillpost/tillpost/internal/platform/db"

// Levels are read many at once. The lists have fixed lengths, so that three statements are prepared
// and kept; a shorter list repeats its last item. Longer ones would be
// slower: the SQLite driver looks up the name of each parameter by walking over all of them.
const (
	list8   = `$2,$3,$4,$5,$6,$7,$8,$9`
	list32  = list8 + `,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33`
	list128 = list32 + `,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50,$51,$52,$53,$54,$55,$56,$57,$58,$59,$60` +
		`,$61,$62,$63,$64,$65,$66,$67,$68,$69,$70,$71,$72,$73,$74,$75,$76,$77,$78,$79,$80,$81,$82,$83,$84,$85,$86,$87` +
		`,$88,$89,$90,$91,$92,$93,$94,$95,$96,$97,$98,$99,$100,$101,$102,$103,$104,$105,$106,$107,$108,$109,$110,$111` +
		`,$112,$113,$114,$115,$116,$117,$118,$119,$120,$121,$122,$123,$124,$125,$126,$127,$128,$129`
)

const selectLevels = `SELECT item, qty, value, unit_cost FROM stock_levels WHERE location = $1 AND item IN (`

const (
	selectLevels8   db.SQL = selectLevels + list8 + `)`
	selectLevels32  db.SQL = selectLevels + list32 + `)`
	selectLevels128 db.SQL = selectLevels + list128 + `)`
)

// selects are the statements with the lengths of their lists, the longest first.
var selects = [...]struct {
	items int
	text  db.SQL
}{{128, selectLevels128}, {32, selectLevels32}, {8, selectLevels8}}
