// Moves the token of a reset link from behind the "#" into the form, and out
// of the address bar and the history.
const token = document.getElementById("token");
if (token && location.hash.length > 1) {
  token.value = location.hash.slice(1);
  token.closest(".field").hidden = true;
  history.replaceState(null, "", location.pathname);
  document.getElementById("password")?.focus();
}
