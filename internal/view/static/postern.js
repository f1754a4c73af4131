// Conveniences of the back office. Every page works without them. Nothing is
// kept in the browser but the switch for single keys, and text only ever reaches the
// page as textContent.

const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const codePoints = (text) => [...text].length;

// Words are those of the page, in attributes of what they are for: partials/words.html has
// them. Dates and numbers are in the page's language, if the browser knows it; if it does
// not, what the server wrote stays. Digits are those that people type: 0 to 9.
const language = (() => {
  const { lang } = document.documentElement;
  try {
    const [known] = Intl.DateTimeFormat.supportedLocalesOf(lang === "en" || lang === "" ? "en-GB" : lang);
    return known && `${known}-u-nu-latn`;
  } catch {
    return undefined; // no name of a language
  }
})();
const english = language?.startsWith("en");
const plurals = new Intl.PluralRules(language ?? "en");
const numbers = new Intl.NumberFormat(language ?? "en");
const arrow = document.documentElement.dir === "rtl" ? "←" : "→";

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? numbers.format(values[name]) : whole));

// counted says a number with the form that its plural takes. A page of the host's own may
// lack the forms.
function counted(forms, n, values = { n }) {
  const all = forms ? JSON.parse(forms) : { other: "{n}" };
  return fill(all[plurals.select(n)] ?? all.other, values);
}

// Links from mails carry their token after "#", which browsers do not send.
// It moves into the form, and out of the address bar and the history.
function takeToken() {
  const holder = document.querySelector("[data-token]");
  const token = decodeURIComponentSafely(location.hash.slice(1));
  if (!holder || !token || token.startsWith("field-") || token.startsWith("section-") || token === "main") return;
  const input = holder.querySelector("input");
  input.value = token;
  // A password manager takes a text field for the name of the account.
  input.type = "hidden";
  holder.hidden = true;
  history.replaceState(null, "", location.pathname);
  // A dead link is reported before the form is filled in.
  holder.closest("form[data-check]")?.querySelector("button").click();
}

// Another link opened in the same tab changes only what follows "#", which
// loads nothing: a page that has no place for the token has to be left.
function newToken() {
  takeToken();
  const part = location.hash.slice(1);
  if (part.length > 20 && !document.getElementById(part)) location.assign(`${location.pathname}?again#${part}`);
}

function decodeURIComponentSafely(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function showAndHide() {
  for (const button of $$("[data-show]")) {
    const input = document.getElementById(button.dataset.show);
    const [show, hide] = button.children;
    button.hidden = false;
    const set = (shown) => {
      input.type = shown ? "text" : "password";
      show.hidden = shown;
      hide.hidden = !shown;
      button.setAttribute("aria-pressed", String(shown));
    };
    button.addEventListener("click", () => set(input.type === "password"));
    // A password manager remembers what is sent as a password.
    input.form?.addEventListener("submit", () => set(false));
  }
}

// Requirements of a new password. What is ticked here is checked again by the
// server; rules that need its knowledge get a dot instead of a circle to fill.
const classes = {
  class_lower: /\p{Ll}/gu,
  class_upper: /\p{Lu}/gu,
  class_digit: /\p{Nd}/gu,
  class_symbol: /[^\p{L}\p{N}]/gu,
};

function meets({ rule, min, max }, password, words) {
  const length = codePoints(password);
  if (rule === "too_short") return length >= Number(min);
  if (rule === "too_long") return length > 0 && length <= Number(max);
  if (rule in classes) return (password.match(classes[rule]) ?? []).length >= Math.max(1, Number(min));
  if (rule === "context") return length > 0 && !words.includes(fold(password));
  if (rule === "alias") return /^[a-z\d](.*[a-z\d])?$/.test(password) && /^[a-z\d-]+$/.test(password);
  if (rule === "weak") return estimate(password, words) >= Number(min);
  return undefined;
}

const fold = (text) => text.normalize("NFKC").toLowerCase().trim();

function contextWords(list, form) {
  const words = list.dataset.words.split("\n");
  for (const name of (list.dataset.context ?? "").split(" ").filter(Boolean)) {
    const value = form.elements[name]?.value ?? "";
    words.push(value, ...value.split(/[\s@.]+/));
  }
  return words.map(fold).filter(Boolean);
}

function requirements() {
  for (const list of $$("[data-rules]")) {
    const input = document.getElementById(list.dataset.rules);
    const update = () => {
      const words = contextWords(list, input.form);
      for (const item of $$("[data-rule]", list)) {
        const met = meets(item.dataset, input.value, words);
        item.classList.toggle("is-met", met === true);
        item.classList.toggle("is-later", met === undefined);
        const state = item.querySelector("[data-state]");
        state.textContent = met ? state.dataset.state : "";
      }
      strength(input, words);
    };
    input.form.addEventListener("input", update);
    update();
  }
}

function strength(input, words) {
  const meter = document.querySelector(`[data-strength="${input.id}"]`);
  if (!meter) return;
  meter.hidden = input.value === "";
  const score = estimate(input.value, words);
  if (meter.dataset.score === String(score)) return;
  meter.dataset.score = String(score);
  const word = meter.querySelector("[data-strength-word]");
  word.querySelector("b").textContent = word.dataset.strengthWord.split("|")[score];
}

// A rough estimate from 0 to 4: the number of characters that are not a
// repetition, a step ("abc", "321") or part of a context word, times what a
// guesser must try for each.
function estimate(password, words) {
  if (password === "") return 0;
  let rest = password.toLowerCase();
  for (const word of words) if (codePoints(word) > 2) rest = rest.replaceAll(word, "\u0000");
  const points = [...rest].map((c) => c.codePointAt(0));
  let surprising = 0;
  points.forEach((p, i) => {
    const step = Math.abs(p - (points[i - 1] ?? -9));
    surprising += step <= 1 ? 0.25 : 1;
  });
  surprising = Math.min(surprising, new Set(points).size * 2);
  const alphabet = [[/[a-z]/, 14], [/[A-Z]/, 14], [/\d/, 8], [/[^a-zA-Z\d]/, 20]]
    .reduce((sum, [kind, size]) => sum + (kind.test(password) ? size : 0), 0);
  const bits = surprising * Math.log2(alphabet);
  if (bits < 36) return 1;
  if (bits < 52) return 2;
  return bits < 72 ? 3 : 4;
}

// Codes and keys: copy, download, print.
function textOf(id) {
  const source = document.getElementById(id);
  const items = $$("li", source);
  return items.length > 0 ? items.map((li) => li.textContent.trim()).join("\n") : source.textContent.replace(/\s+/g, "");
}

// The word on the button changes for who sees it, and is said for who hears it.
const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.body.append(said);

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const before = button.dataset.word ??= button.textContent;
  try {
    await navigator.clipboard.writeText(textOf(button.dataset.copy));
    button.textContent = button.dataset.copied;
  } catch {
    // No leave to write there: mark it, so that one key press copies it.
    getSelection().selectAllChildren(source);
    button.textContent = button.dataset.marked;
  }
  said.textContent = button.textContent;
  setTimeout(() => {
    button.textContent = before;
    said.textContent = "";
  }, 4000);
}

function download(button) {
  const text = `${button.dataset.heading}\n\n${textOf(button.dataset.download)}\n`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = "recovery-codes.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function codes() {
  for (const holder of $$("[data-codes], button[data-copy]")) holder.hidden = false;
  for (const button of $$("[data-copy]")) button.addEventListener("click", () => copy(button));
  for (const button of $$("[data-download]")) button.addEventListener("click", () => download(button));
  for (const button of $$("[data-print]")) button.addEventListener("click", () => print());
}

// A form is sent once, however often the button is pressed. It is ready again on coming
// back with the Back button, and after a while, because loading may have been stopped.
// The server handles a form that is sent again only once.
function sendOnce() {
  const forms = $$("form[data-once]");
  const set = (form, busy) => {
    form.toggleAttribute("data-sent", busy);
    for (const button of $$("button[type=submit]", form)) button.setAttribute("aria-disabled", String(busy));
  };
  for (const form of forms) {
    form.addEventListener("submit", (event) => {
      if (form.hasAttribute("data-sent")) event.preventDefault();
      else {
        set(form, true);
        setTimeout(set, 10_000, form, false);
      }
    });
  }
  addEventListener("pageshow", (event) => {
    if (event.persisted) forms.forEach((form) => set(form, false));
  });
}

// Times in the reader's zone, which is named; the full form stays in the title. They are
// spelled as the server spells them, with hours from 0 to 23. A date without a time is that
// day everywhere.
const ourZone = String(-new Date().getTimezoneOffset() || ""); // in minutes from UTC, as the audit log takes it
const spelling = (parts) => new Intl.DateTimeFormat(language, parts);

function localTimes() {
  const date = { day: "numeric", month: "short", year: "numeric" };
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const forms = { day: spelling(date), moment: spelling({ ...date, ...clock, timeZoneName: "short" }), clock: spelling(clock) };
  const full = spelling({ ...date, ...clock, weekday: "long", month: "long", second: "2-digit", timeZoneName: "short" });
  for (const time of language ? $$("time[datetime]") : []) {
    const at = new Date(time.dateTime);
    if (!time.dateTime.includes("T") || Number.isNaN(at.getTime())) continue;
    if (time.title.includes("(")) continue; // it is done
    time.title = `${full.format(at)} (${time.title})`;
    const form = forms[time.dataset.form ?? "moment"];
    if (form) time.textContent = form.format(at);
  }
  for (const list of language ? $$("[data-trail]") : []) days(list);
  if (ourZone) for (const link of $$('a[href$="/audit"]')) link.search = `zone=${ourZone}`;
  ages();
}

// The days above entries are those of the reader's zone.
function days(list) {
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const date = { weekday: "long", day: "numeric", month: "long" };
  let last = "";
  for (const item of $$(".trail-day", list)) item.remove();
  for (const item of $$(".entry", list)) {
    const at = new Date(item.querySelector("time").dateTime);
    const day = at.toDateString();
    if (day === last) continue;
    last = day;
    const heading = document.createElement("li");
    heading.className = "trail-day";
    heading.append(document.createElement("h3"));
    heading.firstChild.textContent = day === now.toDateString() ? list.dataset.today : day === yesterday.toDateString() ? list.dataset.yesterday
      : spelling(at.getFullYear() === now.getFullYear() ? date : { ...date, year: "numeric" }).format(at).replace(english ? "," : "", "");
    item.before(heading);
  }
}

// "2 minutes ago" stays true. The age is counted from what the server said, because the
// browser's clock may be wrong, and rounded as the server rounds it.
const distance = new Intl.RelativeTimeFormat(language ?? "en");

function ages() {
  for (const time of language ? $$("time[data-form=ago]") : []) {
    time.dataset.since ??= Date.now() - time.dataset.age * 1000;
    const age = (Date.now() - time.dataset.since) / 1000;
    const [size, unit] = age < 3570 ? [60, "minute"] : age < 172800 ? [3600, "hour"] : [86400, "day"];
    if (age >= 60) time.textContent = distance.format(-Math.round(age / size), unit);
  }
}

// Menus are <details>, which work on their own. Here they also close.
function menus() {
  const open = () => $$("details[data-menu][open]");
  const close = (menu) => { menu.open = false; };
  document.addEventListener("click", (event) => open().filter((menu) => !menu.contains(event.target)).forEach(close));
  document.addEventListener("keydown", (event) => {
    const [menu] = open();
    if (event.key !== "Escape" || !menu) return;
    close(menu);
    menu.querySelector("summary").focus();
  });
  document.addEventListener("focusout", (event) => {
    if (event.relatedTarget) open().filter((menu) => menu.contains(event.target) && !menu.contains(event.relatedTarget)).forEach(close);
  });
}

// One box ticks all of a group that can be ticked. Where rows of a list are, a word
// beside it says how many are.
function groupTicks() {
  for (const holder of $$("[data-group]")) {
    const box = holder.querySelector("input");
    const ticks = $$("input[type=checkbox]", document.getElementById(holder.dataset.group)).filter((tick) => !tick.disabled);
    const word = holder.parentNode.querySelector("[data-ticked-rows]");
    const before = word?.textContent;
    holder.hidden = ticks.length < 2;
    const update = () => {
      const count = ticks.filter((tick) => tick.checked).length;
      box.checked = count > 0 && count === ticks.length;
      box.indeterminate = count > 0 && count < ticks.length;
      if (word) word.textContent = count > 0 ? counted(word.dataset.tickedRows, count) : before;
    };
    box.addEventListener("change", () => {
      for (const tick of ticks) tick.checked = box.checked;
      update();
    });
    for (const tick of ticks) tick.addEventListener("change", update);
    update();
  }
}

// Searching in a page finds what the server's settings.Matches finds: each word at the
// beginning of one of a text, without regard to case, accents and apostrophes.
const searchable = (text) => text.normalize("NFKD").toLowerCase().replace(/[\p{M}'’]/gu, "").split(/[^\p{L}\p{N}]+/u).filter(Boolean).join(" ");
const has = (words, text) => words.split(" ").every((word) => ` ${text}`.includes(` ${word}`));

// A matrix of permissions says how many are ticked, in a group and in all, and
// where there are many, one can be found by its words.
function matrix() {
  const groups = $$("[data-matrix]");
  const boxes = (root) => $$("input[name=permission]", root);
  const ticked = (list) => ({ n: list.filter((box) => box.checked).length, all: list.length });
  const all = document.querySelector("[data-ticked-all]");
  const update = () => {
    for (const group of groups) {
      const word = group.querySelector("[data-ticked]");
      const of = ticked(boxes(group));
      word.textContent = counted(word.dataset.ticked, of.all, of);
    }
    if (!all) return;
    const sum = ticked(groups.flatMap((group) => boxes(group)));
    all.textContent = counted(all.dataset.tickedAll, sum.all, sum);
  };
  for (const word of $$("[data-ticked], [data-ticked-all]")) word.hidden = false;
  groups[0]?.closest("form").addEventListener("change", update);
  update();

  const find = document.querySelector("[data-find]");
  if (!find) return;
  const input = find.querySelector("input");
  find.hidden = false;
  for (const press of ["keydown", "keypress"]) {
    input.addEventListener(press, (event) => { if (event.key === "Enter") event.preventDefault(); });
  }
  input.addEventListener("input", () => {
    const words = searchable(input.value);
    let found = 0;
    for (const group of groups) {
      const title = group.querySelector("h3").textContent;
      let here = 0;
      for (const box of boxes(group)) {
        const tick = box.closest(".tick");
        tick.hidden = !has(words, searchable(`${title} ${tick.textContent} ${box.value}`));
        if (!tick.hidden) here++;
      }
      group.hidden = here === 0;
      found += here;
    }
    const word = find.querySelector("[data-found]");
    word.textContent = input.value.trim() === "" ? "" : found === 0 ? word.dataset.none : counted(word.dataset.found, found);
  });
}

// A colour may be chosen from the browser's own palette beside its number.
function colours() {
  for (const picker of $$("input[data-colour]")) {
    const text = document.getElementById(picker.dataset.colour);
    const show = () => { if (/^#[0-9a-f]{6}$/i.test(text.value)) picker.value = text.value; };
    picker.hidden = false;
    picker.addEventListener("input", () => {
      text.value = picker.value;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
    text.addEventListener("input", show);
    text.form.addEventListener("reset", () => setTimeout(show));
    show();
  }
}

// Parameters: the bar appears with the first change and says what changes, and
// defaults come back without sending the form.
function settings() {
  const form = document.querySelector("form[data-settings]");
  if (!form) return;
  const bar = form.querySelector("[data-savebar]");
  const word = form.querySelector("[data-changes]");
  const rows = $$("[data-setting]", form);
  const controls = (row) => $$("input[name], select, textarea", row);
  const short = (text) => (text.length > 32 ? `${text.slice(0, 30)}…` : text);
  const picked = (select) => select.selectedOptions[0]?.dataset.said ?? select.selectedOptions[0]?.text;
  const read = (row) => {
    const [first, ...more] = controls(row);
    if (first.type === "checkbox") return row.querySelector(first.checked ? ".on" : ".off").textContent;
    if (first.tagName !== "SELECT") return first.value;
    if (first.value !== "custom") return picked(first);
    const unit = row.querySelector(".with-unit span")?.textContent ?? "";
    return [...more.map((control) => (control.tagName === "SELECT" ? picked(control) : control.value.trim() || "…")), unit].join(" ").trim();
  };
  const label = (row) => row.querySelector("label, .label").textContent;
  const before = new Map(rows.map((row) => [row, row.dataset.was ?? read(row)]));
  const update = () => {
    const changed = rows.filter((row) => {
      row.classList.toggle("is-changed", read(row) !== before.get(row));
      return row.classList.contains("is-changed");
    });
    bar.hidden = changed.length === 0;
    const said = changed.map((row) => `${label(row)}: ${short(before.get(row)) || "–"} ${arrow} ${short(read(row)) || "–"}`);
    const text = said.slice(0, 3).join("; ") + (said.length > 3 ? `; +${numbers.format(said.length - 3)}` : "");
    if (word.textContent !== text) word.textContent = text;
  };
  for (const button of $$("button[data-restore]", form)) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      for (const control of controls(button.closest("[data-setting]"))) {
        if (control.type === "checkbox") control.checked = control.dataset.initial === "on";
        else if ("initial" in control.dataset) control.value = control.dataset.initial;
        control.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
  }
  form.addEventListener("input", update);
  form.addEventListener("reset", () => setTimeout(update));
  word.hidden = false;
  update();
}

// Filters apply as they change: what follows a form[data-auto] is replaced by what follows
// it on the page that it leads to. The form stays, with focus and caret. An answer that
// has no such form, such as that of a session that ended, is opened instead.
function autofilter() {
  const form = document.querySelector("form[data-auto]");
  if (!form) return;
  const rest = (of) => { const all = [...of.parentNode.children]; return all.slice(all.indexOf(of) + 1); };
  const button = form.querySelector("button[type=submit]");
  const request = new XMLHttpRequest();
  let timer, url = location.href;
  const load = () => {
    const to = new URL(form.action);
    for (const [name, value] of new FormData(form)) if (value !== "") to.searchParams.append(name, value);
    clearTimeout(timer);
    if (to.href === url) return;
    url = to.href;
    request.abort();
    request.open("GET", url);
    request.responseType = "document"; // parsed, but no script in it runs
    request.send();
  };
  request.onload = () => {
    const page = request.response, other = page?.querySelector("form[data-auto]");
    if (request.status !== 200 || !other) return location.assign(url);
    for (const old of rest(form)) old.remove();
    form.after(...rest(other));
    for (const old of $$(".actions > :not(button)", form)) old.remove();
    button.after(...$$(".actions > :not(button)", other));
    history.replaceState(null, "", url);
    localTimes();
    groupTicks();
    if (!form.contains(document.activeElement)) return; // nobody asked
    const rows = $$("main tbody > tr, .results > li, .entry").length;
    const { matches, first } = form.dataset;
    said.textContent = document.getElementById("none")?.textContent ?? counted(document.querySelector("main [rel=next]") ? first : matches, rows);
  };
  request.onerror = () => location.assign(url);
  button.hidden = true; // Enter still presses it.
  form.addEventListener("submit", (event) => { event.preventDefault(); load(); });
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(load, event.target.matches("input:not([type=checkbox], [type=radio])") ? 300 : 0);
  });
  periods(form, load);
}

// The audit log has periods in the reader's zone, unless the address says in whose.
function periods(form, load) {
  const { zone, period, from, until } = form.elements;
  if (!zone) return;
  form.addEventListener("input", ({ target }) => {
    if (target === from || target === until) period.value = "custom";
    else if (target === period && period.value === "custom") from.closest("details").open = true;
    else if (target === period) from.value = until.value = "";
  });
  if (ourZone && zone.value + period.value + from.value + until.value === "") {
    zone.value = ourZone;
    load();
  }
}

// Search from any page: a combobox over what /search finds. Ctrl-K and the link in the
// bar open it. Single keys can be switched off (WCAG 2.1.4), which a cookie remembers.
function goAnywhere() {
  const dialog = document.getElementById("goto"), link = document.querySelector(".bar-search");
  if (!dialog || !link) return;
  const [input, list, status, single] = ["[role=combobox]", "[role=listbox]", "[aria-live]", "[type=checkbox]"].map((part) => dialog.querySelector(part));
  const words = dialog.dataset;
  const make = (tag, values, ...children) => {
    const element = Object.assign(document.createElement(tag), values);
    element.append(...children);
    return element;
  };
  let options = [], at = 0, timer, asked, waits = false, enter = false;
  const choose = (to) => {
    at = options.length === 0 ? 0 : (to + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", options[at]?.id ?? "");
    options[at]?.scrollIntoView({ block: "nearest" });
  };
  const show = (groups) => {
    options = [];
    list.replaceChildren(...groups.map(({ title, items }, g) => {
      const group = make("div", {}, make("p", { id: `goto-${g}`, className: "goto-title", textContent: title }));
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", `goto-${g}`);
      for (const { label, text, path } of items) {
        const option = make("a", { href: path, id: `goto-${g}-${options.length}`, tabIndex: -1 }, make("bdi", { textContent: label }), make("bdi", { className: "quiet", textContent: text ?? "" }));
        option.setAttribute("role", "option");
        option.addEventListener("click", () => dialog.close());
        options.push(option);
        group.append(option);
      }
      return group;
    }));
    input.setAttribute("aria-expanded", String(options.length > 0));
    status.textContent = options.length === 0 ? words.none : counted(words.matches, options.length);
    choose(0);
  };
  const ask = async () => {
    asked = new AbortController();
    const to = `${link.href}?q=${encodeURIComponent(input.value.trim())}`;
    try {
      const answer = await fetch(to, { headers: { Accept: "application/json" }, signal: asked.signal });
      if (answer.status === 429) status.textContent = words.tooMany;
      else if (!answer.ok) location.assign(to);
      else {
        show(await answer.json());
        waits = false;
        if (enter) options[at]?.click();
      }
      enter = false;
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = words.noAnswer;
    }
  };
  const later = (delay) => {
    asked?.abort(); // The list, and Enter, are for what is typed now.
    waits = true;
    clearTimeout(timer);
    timer = setTimeout(ask, delay);
  };
  const open = () => {
    dialog.showModal();
    input.select();
    later(0);
  };
  input.addEventListener("input", () => later(200));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "ArrowDown") choose(at + 1);
    else if (event.key === "ArrowUp") choose(at - 1);
    else if (waits) enter = true;
    else options[at]?.click();
  });
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  link.querySelector("kbd").hidden = false;
  single.checked = !document.cookie.includes("office-keys=off");
  single.addEventListener("change", () => {
    const path = new URL(link.href).pathname.replace(/\/search$/, "");
    document.cookie = `office-keys=off; path=${path}; max-age=${single.checked ? 0 : 31536000}; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
  });
  document.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return;
    if (command && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    } else if (!command && single.checked && "/?".includes(event.key) && !event.target.closest("input, textarea, select, [contenteditable]")) {
      event.preventDefault();
      const field = event.key === "/" && document.querySelector("main [role=search] input[type=search]");
      if (field) field.select();
      else open();
    }
  });
}

// All parameters are on their first page, to be found while one types. A link to a
// parameter there goes on to where it can be changed.
function finder() {
  const form = document.querySelector("form[data-finder]");
  if (!form) return;
  const goOn = () => {
    const row = document.getElementById(location.hash.slice(1));
    if (row?.matches("li[data-words]")) location.replace(row.querySelector("a").href);
  };
  addEventListener("hashchange", goOn);
  goOn();
  const input = form.querySelector("input");
  const list = document.querySelector("[data-found]");
  const part = (name) => list.querySelector(`[data-${name}]`);
  const rows = $$("[data-words]", list);
  const update = () => {
    const words = searchable(input.value);
    const asked = words !== "";
    for (const row of rows) row.hidden = !has(words, row.dataset.words);
    const found = rows.filter((row) => !row.hidden).length;
    list.open = asked;
    document.querySelector("[data-overview]").hidden = asked;
    part("all").hidden = asked;
    part("some").hidden = !asked || found === 0;
    part("none").hidden = found > 0;
    part("count").textContent = numbers.format(found);
  };
  input.addEventListener("input", update);
}

// The form has what was typed before a sign-in, and data-was what is stored. The code that
// counts changes begins with what is stored, and then sees the rest typed.
function typedAgain() {
  const controls = $$("[data-was]").map((control) => {
    const tick = control.type === "checkbox" || control.type === "radio";
    const [key, was] = tick ? ["checked", control.dataset.was === "true"] : ["value", control.dataset.was];
    const typed = control[key];
    control[key] = was;
    return [control, key, typed];
  });
  queueMicrotask(() => { // whatever happens to the rest
    for (const [control, key, typed] of controls) control[key] = typed;
    for (const [control] of controls) {
      for (const type of ["input", "change"]) control.dispatchEvent(new Event(type, { bubbles: true }));
    }
  });
}

// The end of a session is announced in every tab. One act keeps the session, and
// what is done in one tab counts in all. Nothing on the page is ever reloaded.
function sessionEnd() {
  const dialog = document.getElementById("session-end");
  if (!dialog) return;
  const { unused, atMost, warn, stay } = dialog.dataset;
  const status = dialog.querySelector("[role=status]");
  const tabs = new BroadcastChannel(`session ${stay}`);
  let ends = 0, last = 0, shown = "", dismissed = "", timer;

  const show = (when, text) => {
    for (const place of $$("[data-in]", dialog)) if (place.textContent !== text) place.textContent = text;
    if (when && dismissed === when) return;
    if (shown !== when) {
      dialog.close();
      for (const part of $$("[data-when]", dialog)) part.hidden = part.dataset.when !== when;
      dialog.setAttribute("aria-labelledby", `session-${when}`);
      dialog.setAttribute("aria-describedby", `session-${when}-text`);
      shown = when;
      if (when) dialog.showModal();
    }
  };
  const tick = () => {
    clearTimeout(timer);
    const left = Math.ceil((Math.min(ends, last) - Date.now()) / 1000);
    const when = left <= 0 ? "ended" : left > warn ? "" : last <= ends ? "at-most" : "unused";
    const text = left > 60 ? distance.format(Math.ceil(left / 60), "minute") : distance.format(Math.ceil(left / 10) * 10, "second");
    show(when, text);
    if (when && (left === 60 || left === 30)) status.textContent = text;
    if (when !== "ended") timer = setTimeout(tick, when ? 1000 : Math.min(left - warn, 86_400) * 1000);
  };
  const know = (until, atLast) => {
    ends = Math.max(ends, until);
    last = Math.max(last, atLast);
    dismissed = "";
    tick();
  };
  const share = (forUnused, forAtMost) => {
    know(Date.now() + forUnused * 1000, Date.now() + forAtMost * 1000);
    tabs.postMessage([ends, last]);
  };
  const later = () => {
    dismissed = shown;
    shown = "";
    dialog.close();
  };
  tabs.onmessage = (event) => know(...event.data);
  addEventListener("visibilitychange", tick);
  dialog.addEventListener("cancel", later);
  for (const button of $$("[data-later]", dialog)) button.addEventListener("click", later);
  dialog.querySelector("[data-keep]").addEventListener("click", async () => {
    const answer = await fetch(stay).catch(() => null);
    if (answer?.ok) {
      const left = await answer.json();
      share(left.unused, left.at_most);
    } else if (answer) {
      ends = 0; // it has ended, in another tab or by someone else
      tick();
    }
  });
  share(Number(unused), Number(atMost));
}

typedAgain();
takeToken();
addEventListener("hashchange", newToken);
showAndHide();
requirements();
codes();
sendOnce();
localTimes();
menus();
setInterval(ages, 60_000);
document.addEventListener("visibilitychange", ages);
groupTicks();
matrix();
colours();
settings();
sessionEnd();
autofilter();
goAnywhere();
finder();
const wrong = document.querySelector("#error-summary[autofocus], [aria-invalid=true], fieldset[aria-describedby$=-error]");
// No password is kept, so both are typed again.
(wrong?.name === "password_again" && document.querySelector("[name=password]") || wrong)?.focus();
