# Called by reports.txtar: every report, and every form.
for report in trial-balance general-ledger profit-loss balance-sheet sales tax stock \
	'sales --by day' 'sales --by month' 'sales --by store' 'sales --by register' 'sales --by employee' 'sales --by department' \
	'sales --by item' 'sales --by item --top 3' 'sales --by tender' 'sales --by hour' 'sales --by day,store,employee,department' \
	'stock --by department' 'stock --by location' 'stock --reorder' 'stock --day 2026-09-18' \
	'trial-balance --month 2026-09' 'profit-loss --year 2026' 'balance-sheet --day 2026-09-18' 'general-ledger --day 2026-09-18'; do
	tillpost report $report 2>&1 || exit 1
done
for format in csv json; do
	for report in trial-balance general-ledger profit-loss balance-sheet sales tax stock 'x --day 2026-09-18'; do
		tillpost report $report --format $format 2>&1 || exit 1
	done
done
tillpost report x --day 2026-09-18 2>&1 || exit 1
