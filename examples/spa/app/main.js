import { office, api } from "./api.js";

const main = document.querySelector("main"), alert = document.querySelector("[role=alert]");

// element makes an element. Text is set as text, so it needs no escaping.
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// link leads to a route of this app, without loading the page again.
function link(route, text) {
  const made = element("a", { href: office + route }, text);
  made.addEventListener("click", event => {
    event.preventDefault();
    history.pushState(null, "", made.href);
    show();
  });
  return made;
}

// button does something, then shows the route again.
function button(text, act) {
  return element("button", { type: "button", onclick: () => act().then(show, complain) }, text);
}

// complain says what is wrong. The page that helps opens in another tab: this one keeps
// what was typed.
function complain(error) {
  alert.textContent = error.message;
  if (error.location) {
    alert.append(" ", element("a", { href: error.location, target: "_blank" }, "Open a tab for that"));
  }
}

async function show() {
  alert.textContent = "";
  try {
    const plots = await api("GET", "/api/plots");
    const id = location.pathname.slice((office + "/plots/").length);
    const plot = plots.find(p => p.id === id);
    if (!plot) { // or it was removed
      history.replaceState(null, "", office + "/plots");
    }
    main.replaceChildren(...plot ? one(plot) : all(plots));
  } catch (error) {
    complain(error);
  }
}

function all(plots) {
  const rows = plots.map(p => element("li", {}, link("/plots/" + p.id, "Plot " + p.id), " " + (p.tenant || "free")));
  return [element("h1", {}, "Plots"), element("ul", {}, ...rows)];
}

function one(plot) {
  const tenant = element("input", { value: plot.tenant, ariaLabel: "Tenant" });
  return [
    element("h1", {}, "Plot " + plot.id), tenant,
    button("Save", () => api("PUT", "/api/plots/" + plot.id, { tenant: tenant.value })),
    button("Remove", () => api("DELETE", "/api/plots/" + plot.id)),
    element("p", {}, link("/plots", "All plots")),
  ];
}

addEventListener("popstate", show);
show();
