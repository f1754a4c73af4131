package guide

import (
	"net/http"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/parts"
)

// postPage is the data of the page with the form.
type postPage struct {
	parts.Form
	Title string
	Weeks parts.Chart
}

// Week is how many posts a week had.
type Week struct {
	Day         string
	Roses, Bees int
}

// PostNew shows the form again if it was refused.
func PostNew(office *backoffice.Office, weeks []Week) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		title := r.PostFormValue("title")
		page := postPage{Title: title}
		// begin refuse
		if title == "" {
			page.Form = page.Refuse("title", "Type a title.")
			office.RenderStatus(w, r, http.StatusUnprocessableEntity, "post_new.html", "Write a post", page)
			return
		}
		// end refuse
		// begin chart
		page.Weeks = parts.Chart{Label: "Posts by week", Series: []parts.Series{{Label: "Roses"}, {Label: "Bees"}}}
		for _, week := range weeks {
			page.Weeks.Points = append(page.Weeks.Points, parts.Point{Label: week.Day, Values: []int{week.Roses, week.Bees}})
		}
		// end chart
		office.Render(w, r, "post_new.html", "Write a post", page)
	}
}
