package main

import (
	"fmt"
	"math"
)

// amount rounds to three figures at most.
func amount(n float64) string {
	switch {
	case n == 0:
		return "-"
	case n >= 1e6:
		return fmt.Sprintf("%.3g million", n/1e6)
	case n >= 1000:
		step := math.Pow(10, math.Floor(math.Log10(n))-2)
		return grouped(int(math.Round(n/step) * step))
	case n >= 10:
		return fmt.Sprintf("%.0f", n)
	case n < 0.01:
		return "under 0.01"
	}
	return fmt.Sprintf("%.2g", n)
}

// grouped writes a number with commas.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

// share writes a part as a percentage, or as a multiple.
func share(of float64) string {
	switch {
	case of > 1:
		return amount(of) + " times"
	case of < 0.001:
		return "under 0.1 %"
	case of < 0.1:
		return fmt.Sprintf("%.1f %%", of*100)
	}
	return fmt.Sprintf("%.0f %%", of*100)
}
