const say = text => { document.getElementById("problem").textContent = text; };
const pressed = event => event.detail.requestConfig.verb !== "get"; // not by the timer
document.addEventListener("htmx:beforeRequest", event => { if (pressed(event)) say(""); });
document.addEventListener("htmx:sendError", event => { if (pressed(event)) say("The server cannot be reached. Try again."); });

// Shows why the office refused something. If it refused because nobody is signed in, or
// before a step-up, htmx has left for the page that asks for it, and this does not run.
document.addEventListener("htmx:responseError", event => {
  let text = "That did not work. Reload the page and try again.";
  try {
    const { title, detail } = JSON.parse(event.detail.xhr.responseText); // RFC 9457
    text = `${title}. ${detail || ""}`;
  } catch { /* the answer is not a problem document */ }
  say(text);
});
