/** The console: loads a session, draws what is known, and does what is pressed. */

import { accountHead, accountTabs } from "./account.js";
import { Api, ask } from "./api.js";
import { changesPart } from "./changes.js";
import { connectionHead, emptyPage, loadingAccounts, loadingPage } from "./connection.js";
import { fill, h } from "./dom.js";
import { historyPart } from "./history.js";
import { holdingsPart } from "./lines.js";
import { comeBack, connect, repair } from "./linking.js";
import { beLively, load } from "./loading.js";
import { overview } from "./overview.js";
import { refresh } from "./refreshing.js";
import { current, drawWith, forget, redraw, state } from "./state.js";
import { lookAhead } from "./times.js";
import { makeTrouble } from "./trouble.js";
import { troublePart } from "./troublepanel.js";

const TICK = 1_000;
const USER = "freshet-user";
const NARROWEST = 260;

const places = {
  overview: /** @type {HTMLElement} */ (document.getElementById("overview")),
  detail: /** @type {HTMLElement} */ (document.getElementById("detail")),
  who: /** @type {HTMLSelectElement} */ (document.getElementById("who")),
};

/** @type {Record<string, (id: string) => unknown>} */
const actions = {
  connect: () => connect(),
  choose: (id) => {
    show({ connectionId: id, accountId: null });
    // On a narrow page the connection lies below the list.
    if (places.detail.offsetTop > places.overview.offsetTop) places.detail.scrollIntoView();
  },
  account: (id) => show({ accountId: id }),
  currency: (id) => show({ currency: id }),
  refresh: () => state.connectionId && refresh(state.connectionId),
  repair: () => current()?.user_action && repair(current().user_action),
  trouble: (id) => current() && makeTrouble(id, current()),
  dismiss: () => show({ notice: null }),
  again: () => load(),
};

/** @param {Partial<typeof state>} changes */
function show(changes) {
  Object.assign(state, changes);
  redraw();
  if ("connectionId" in changes || "accountId" in changes) load();
}

function draw() {
  fill(places.overview, overview());
  fill(places.detail, [noticePart(), failurePart(), ...detail()]);
}

function detail() {
  if (state.connections === null) return state.failure ? [] : [loadingPage()];
  const connection = current();
  if (!connection) return [emptyPage()];
  const accounts = state.accounts.get(connection.id);
  if (!accounts) return [connectionHead(connection), loadingAccounts()];
  const account = accounts.find((each) => each.id === state.accountId);
  const view = account && state.views.get(account.id);
  return [
    connectionHead(connection),
    accounts.length > 0 ? accountTabs(accounts) : h("p", { class: "blank card", key: "none" }, "No account has been found yet."),
    account && accountHead(account, view?.holdings),
    account && holdingsPart(account, view?.holdings),
    view && h("div", { class: "pair", key: "pair" }, historyPart(view.days, plotWidth()), changesPart(view.changes)),
    (view || !account) && troublePart(connection),
  ];
}

function plotWidth() {
  const place = document.getElementById("canvas") ?? places.detail;
  return Math.max(NARROWEST, Math.floor(place.clientWidth));
}

function noticePart() {
  const { notice } = state;
  if (!notice) return null;
  return h("div", { class: `alert ${notice.tone}`, key: "notice" },
    h("div", null, h("p", null, h("b", null, notice.title)), notice.detail && h("p", null, notice.detail), notice.code && h("code", null, notice.code)),
    h("button", { class: "quiet", "data-action": "dismiss" }, "Dismiss"));
}

function failurePart() {
  const { failure } = state;
  if (!failure) return null;
  return h("div", { class: "alert bad", key: "failure", role: "alert" },
    h("div", null, h("p", null, h("b", null, failure.message)), failure.detail && h("p", null, failure.detail), failure.code && h("code", null, failure.code)),
    h("button", { class: "quiet", "data-action": "again" }, "Try again"));
}

/** @param {string} id */
function become(id) {
  const user = state.session?.users.find((each) => each.id === id);
  if (!state.session || !user) return;
  forget();
  sessionStorage.setItem(USER, user.id);
  Object.assign(state, { user: user.id, api: new Api(state.session.api_url, user.token) });
  redraw();
}

async function begin() {
  drawWith(draw);
  draw();
  try {
    state.session = await ask("/session.json");
  } catch (problem) {
    state.failure = problem;
    redraw();
    setTimeout(begin, 2_000);
    return;
  }
  state.failure = null;
  const users = state.session?.users ?? [];
  places.who.replaceChildren(...users.map((each) => new Option(each.id, each.id)));
  places.who.disabled = false;
  become(users.some((each) => each.id === sessionStorage.getItem(USER)) ? String(sessionStorage.getItem(USER)) : users[0].id);
  places.who.value = String(state.user);
  await Promise.all([comeBack(), load()]);
}

document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element ? event.target.closest("[data-action]") : null;
  if (!(pressed instanceof HTMLElement) || pressed.getAttribute("aria-disabled") === "true") return;
  actions[pressed.dataset.action ?? ""]?.(pressed.dataset.id ?? "");
});
document.addEventListener("input", (event) => {
  if (!(event.target instanceof HTMLInputElement) || event.target.dataset.change !== "ahead") return;
  lookAhead(Number(event.target.value));
  redraw();
});
places.who.addEventListener("change", () => {
  become(places.who.value);
  load();
});
window.addEventListener("resize", redraw);
document.addEventListener("visibilitychange", () => !document.hidden && state.api && beLively(2));
setInterval(redraw, TICK);
begin();
