// The part of a passkey that only a browser can do: WebAuthn asks the person's device, and its
// answer goes into the form, which is posted like any other. Without script the form can be
// posted too, and the server then says what to do instead. Nothing is kept here, and nothing
// leaves but by the form.

// Options and answers are JSON as WebAuthn level 3 writes it (section 5.1), where bytes are
// base64url. Browsers before 2025 cannot read and write that themselves.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const ids = (list) => list?.map((known) => ({ ...known, id: bytes(known.id) }));

function creation(json) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  return { ...json, challenge: bytes(json.challenge), user: { ...json.user, id: bytes(json.user.id) }, excludeCredentials: ids(json.excludeCredentials) ?? [] };
}

function request(json) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  return { ...json, challenge: bytes(json.challenge), allowCredentials: ids(json.allowCredentials) ?? [] };
}

function written(credential) {
  if (credential.toJSON) return credential.toJSON();
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) answer[part] = text(response[part]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response: answer,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined, clientExtensionResults: credential.getClientExtensionResults(),
  };
}

// The ceremony that runs. A browser runs one at a time, so what a button starts stops what
// waits behind the fields.
let running;

async function ask(form, mediation) {
  running?.abort();
  const mine = running = new AbortController();
  const json = JSON.parse(form.dataset.options);
  const options = { signal: mine.signal };
  if (mediation) options.mediation = mediation;
  const { credentials } = navigator;
  const credential = form.dataset.passkey === "create"
    ? await credentials.create({ ...options, publicKey: creation(json) })
    : await credentials.get({ ...options, publicKey: request(json) });
  form.elements.passkey.value = JSON.stringify(written(credential));
}

// What a person can do differs by what went wrong. On purpose, the browser does not tell a
// cancelled ceremony from one for which there is no passkey: the page must not learn which
// passkeys someone has. How long it took tells the time-out from both.
function problem(error, began, form) {
  if (!isSecureContext) return "insecure";
  if (!window.PublicKeyCredential) return "unsupported";
  switch (error.name) {
    case "InvalidStateError": return "known"; // one of excludeCredentials is on this device
    case "SecurityError": return "origin";
    case "NotSupportedError":
    case "ConstraintError": return "unsuitable";
    case "NotAllowedError":
    case "AbortError": return Date.now() - began >= JSON.parse(form.dataset.options).timeout ? "late" : "cancelled";
  }
  return "failed";
}

function say(form, name) {
  const place = form.querySelector("[data-problems]");
  const words = place.querySelector("[data-problem]");
  words.textContent = name ? place.dataset[name] : "";
  place.hidden = !name;
}

function busy(form, is) {
  form.toggleAttribute("data-asking", is);
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", String(is));
}

async function press(form) {
  if (form.hasAttribute("data-asking")) return;
  const began = Date.now();
  busy(form, true);
  say(form, "");
  try {
    await ask(form);
  } catch (error) {
    busy(form, false);
    say(form, problem(error, began, form));
    autofill(); // it waits again
    return;
  }
  busy(form, false);
  form.requestSubmit();
}

// It comes before the rest of the script sees the form as sent: that happens with the answer.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-passkey]") || form.elements.passkey.value !== "") return;
  // A form that also does without one has a button of its own for the passkey.
  const button = form.querySelector("button[data-with-passkey]");
  if (button && event.submitter !== button) return;
  event.preventDefault();
  event.stopPropagation();
  press(form);
}, true);

// Behind the Back button the answer is spent.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-passkey]")) form.elements.passkey.value = "";
});

// With autofill, the browser offers passkeys in the field for the name, and nothing else is
// shown. That nobody takes one is no mistake, so nothing is said.
async function autofill() {
  const form = document.querySelector("form[data-passkey][data-autofill]");
  if (!form || !await window.PublicKeyCredential?.isConditionalMediationAvailable?.()) return;
  try {
    await ask(form, "conditional");
  } catch {
    return;
  }
  form.requestSubmit();
}

autofill();
