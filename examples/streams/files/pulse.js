// A stream that ended with the session leads to the sign-in page, and back here.
const signIn = () => location.reload();

const events = document.getElementById("events");
const source = new EventSource(events.dataset.url);
source.addEventListener("beat", event => { events.textContent = "Events: " + event.data; });
source.addEventListener("over", () => { source.close(); signIn(); });
// After a lost connection the browser asks again on its own, after a refusal it does not.
source.addEventListener("error", () => {
  events.textContent = source.readyState === EventSource.CLOSED ? "Closed. Reload the page." : "Connecting";
});

for (const item of document.querySelectorAll(".socket")) {
  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + item.dataset.url);
  socket.onmessage = event => { item.textContent = "Socket: " + event.data; };
  socket.onclose = event => {
    item.textContent = "Closed. Reload the page.";
    if (event.code === 1008) signIn();
  };
}
