/** Reading what is shown from the API, again and again, a little at a time. */

import { current, redraw, state } from "./state.js";

const IDLE = 4_000;
const LIVELY = 1_200;
const DAYS = 60;
const CHANGES = 40;

let timer = 0;
let livelyUntil = 0;
let turn = 0;

/** Look more often for a while: something is about to change. @param {number} [seconds] */
export function beLively(seconds = 20) {
  livelyUntil = Math.max(livelyUntil, Date.now() + seconds * 1000);
  again(0);
}

/** Load everything now, then go on by itself. */
export async function load() {
  clearTimeout(timer);
  const mine = ++turn;
  try {
    await loadAll(mine);
    if (mine === turn) state.failure = null;
  } catch (problem) {
    if (mine !== turn) return;
    state.failure = problem;
    redraw();
  }
  if (mine === turn) again(Date.now() < livelyUntil ? LIVELY : IDLE);
}

/** @param {number} milliseconds */
function again(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(() => (document.hidden ? again(IDLE) : load()), milliseconds);
}

/** @param {number} mine */
async function loadAll(mine) {
  const api = /** @type {NonNullable<typeof state.api>} */ (state.api);
  const isOver = () => mine !== turn || api !== state.api;
  const [connections, portfolio, usage] = await Promise.all([
    api.items("/v1/connections"), api.get("/v1/portfolio"), api.get("/v1/usage"),
  ]);
  if (isOver()) return;
  Object.assign(state, { connections, portfolio, usage });
  if (!current()) state.connectionId = connections[0]?.id ?? null;
  redraw();
  if (!state.connectionId) return;
  const accounts = await api.items(`/v1/connections/${state.connectionId}/accounts`);
  if (isOver()) return;
  state.accounts.set(state.connectionId, accounts);
  chooseAccount(accounts);
  redraw();
  if (state.accountId) await loadAccount(api, state.accountId, isOver);
}

/** @param {any[]} accounts */
function chooseAccount(accounts) {
  if (accounts.some((each) => each.id === state.accountId)) return;
  const first = accounts.find((each) => each.kind === "investment") ?? accounts[0];
  state.accountId = first?.id ?? null;
}

/** @param {import("./api.js").Api} api @param {string} id @param {() => boolean} isOver */
async function loadAccount(api, id, isOver) {
  const path = `/v1/accounts/${id}`;
  const known = state.views.get(id);
  const holdings = await readWhole(api, `${path}/holdings`);
  if (isOver()) return;
  // Not by the holdings shown: a load that was overtaken may have left them without their changes.
  const isNews = known?.loadedFor !== holdings;
  state.views.set(id, { days: null, changes: null, loadedFor: null, ...known, holdings });
  redraw();
  if (!isNews) return;
  const [days, changes] = await Promise.all([
    api.items(`${path}/history?limit=${DAYS}`, DAYS), api.items(`${path}/changes?limit=${CHANGES}`, CHANGES),
  ]);
  if (isOver()) return;
  state.views.set(id, { holdings, days, changes, loadedFor: holdings });
  redraw();
}

/** Holdings of more than a thousand lines come in pages. @param {import("./api.js").Api} api @param {string} path */
async function readWhole(api, path) {
  const first = await api.read(path);
  if (!first.next_cursor || first.isWhole) return first;
  let page = first;
  while (page.next_cursor) {
    page = await api.get(`${path}?cursor=${encodeURIComponent(page.next_cursor)}`);
    first.positions.push(...page.positions);
  }
  first.isWhole = true;
  return first;
}
