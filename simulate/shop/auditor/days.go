package auditor

import "time"

const dayLayout = "2006-01-02"

func nextDay(day string) string {
	t, err := time.Parse(dayLayout, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, 1).Format(dayLayout)
}
