// Shows why the office refused something. If it refused because nobody is signed in, or
// before a step-up, htmx has left for the page that asks for it, and this does not run.
document.addEventListener("htmx:responseError", event => {
  let text = "That did not work. Reload the page and try again.";
  try {
    const { title, detail } = JSON.parse(event.detail.xhr.responseText); // RFC 9457
    text = detail || title;
  } catch { /* the answer is not a problem document */ }
  document.getElementById("problem").textContent = text;
});
