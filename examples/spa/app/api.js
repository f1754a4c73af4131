// What the page says of the office: its address, which may change, and the form token.
export const office = document.documentElement.dataset.office;
let token = document.documentElement.dataset.token;

// api asks the server, and returns what it answers. If the session is over, or if the
// change needs a step-up, the browser leaves for the office's page that asks for it,
// and comes back to the route at which it was. What was typed would be lost, so with a
// body it stays, and the error has the location of that page.
export async function api(method, path, body, again = true) {
  const answer = await fetch(office + path, {
    method,
    headers: { "Accept": "application/json", "Content-Type": "application/json", "X-CSRF-Token": token },
    body: body && JSON.stringify(body),
  }).catch(() => { throw new Error("The server cannot be reached. Try again."); });
  if (answer.ok) {
    return answer.status === 204 ? null : answer.json();
  }
  const problem = await answer.json().catch(() => ({})); // RFC 9457
  if (problem.location && body) {
    throw Object.assign(new Error(problem.detail), { location: problem.location });
  }
  if (problem.location) {
    const to = new URL(problem.location, location.origin);
    to.searchParams.set("next", location.pathname + location.search);
    location.assign(to);
    return new Promise(() => {}); // nothing more happens on this page
  }
  if (problem.form_token && again) { // someone signed in again in another tab
    token = problem.form_token;
    return api(method, path, body, false);
  }
  throw new Error(problem.detail || problem.title || answer.statusText);
}
