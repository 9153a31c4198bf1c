/** Linking a connection and repairing one: SnapTrade's portal by redirect, Plaid's Link on top. */

import { ask } from "./api.js";
import { beLively } from "./loading.js";
import { state, tell } from "./state.js";
import { plain } from "./words.js";

const KEPT = "freshet-link";

/** Ask what to link, then begin. */
export async function connect() {
  const dialog = dialogNamed("connect");
  const answer = await asked(dialog);
  if (answer !== "go") return;
  const chosen = new FormData(/** @type {HTMLFormElement} */ (dialog.querySelector("form")));
  await begin("POST", "/v1/link-sessions", { provider: chosen.get("provider") });
}

/** Do what a `user_action` says. @param {{method: string, href: string, body: object}} action */
export async function repair(action) {
  await begin(action.method, action.href, action.body, true);
}

/**
 * Take in what was linked when the browser comes back from the portal, if it does.
 * @returns {Promise<void>}
 */
export async function comeBack() {
  const { pathname, search } = window.location;
  const path = state.session?.redirect_path ?? "/linked";
  if (!pathname.startsWith(`${path}/`)) return;
  window.history.replaceState(null, "", "/");
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  // Another tab's link, or somebody else's: only the tab that left may come back.
  if (!kept || pathname !== `${path}/${kept.state}`) {
    tell({ tone: "warn", title: "This link was not begun here", detail: "Begin again with Connect." });
    return;
  }
  const status = new URLSearchParams(search).get("status");
  if (status === "SUCCESS") await finish(kept);
  else tell({ tone: "warn", title: "Nothing was linked", detail: status ? `The portal said: ${plain(status)}.` : null });
}

/** @param {string} method @param {string} href @param {object} body @param {boolean} [isRepair] */
async function begin(method, href, body, isRepair = false) {
  const api = /** @type {NonNullable<typeof state.api>} */ (state.api);
  try {
    const path = state.session?.redirect_path;
    // Plaid takes a way back only for institutions that redirect; ours open on top of the page.
    const isPortal = /** @type {any} */ (body).provider !== "plaid" && !(isRepair && providerOf(body) === "plaid");
    const wish = isPortal ? { ...body, redirect_uri: `${window.location.origin}${path}` } : body;
    const session = (await api.call(method, href, { body: wish })).body;
    const left = { id: session.id, provider: session.provider, state: session.state };
    if (session.provider === "plaid") await openPlaid(session, left, isRepair);
    else goToPortal(session.url, left);
  } catch (problem) {
    tellProblem(problem);
  }
}

/** @param {string} url @param {object} left */
function goToPortal(url, left) {
  sessionStorage.setItem(KEPT, JSON.stringify(left));
  window.location.assign(url);
}

/** @param {any} session @param {any} left @param {boolean} isRepair */
async function openPlaid(session, left, isRepair) {
  const dialog = dialogNamed("plaid");
  const field = /** @type {HTMLElement} */ (dialog.querySelector("#plaid-institution"));
  field.hidden = isRepair;
  if ((await asked(dialog)) !== "login") {
    tell({ tone: "warn", title: "Nothing was linked", detail: "Link was left before the end." });
    return;
  }
  const institution = new FormData(/** @type {HTMLFormElement} */ (dialog.querySelector("form"))).get("institution");
  const choice = isRepair ? {} : { institution, portfolio: ["everyday", "trader"] };
  const { public_token } = await ask("/plaid/link", { link_token: session.link_token, ...choice });
  await finish(left, public_token);
}

/** @param {{id: string, provider: string, state: string}} left @param {string | null} [publicToken] */
async function finish(left, publicToken = null) {
  const api = /** @type {NonNullable<typeof state.api>} */ (state.api);
  const body = { provider: left.provider, link_session_id: left.id, state: left.state };
  try {
    const brought = publicToken ? { ...body, public_token: publicToken } : body;
    const { status, body: connection } = await api.call("POST", "/v1/connections", { body: brought });
    Object.assign(state, { connectionId: connection.id, accountId: null });
    const title = status === 201 ? "Connected" : "Welcome back";
    tell({ tone: "good", title, detail: "Its holdings are being read." });
    beLively(30);
  } catch (problem) {
    tellProblem(problem);
  }
}

/** Show a problem at the top of the page. @param {any} problem */
export function tellProblem(problem) {
  tell({ tone: "bad", title: problem.message, detail: problem.detail, code: problem.code });
}

/** @param {any} body */
function providerOf(body) {
  return state.connections?.find((each) => each.id === body.connection_id)?.provider ?? null;
}

/** @param {string} id */
function dialogNamed(id) {
  return /** @type {HTMLDialogElement} */ (document.getElementById(id));
}

/** @param {HTMLDialogElement} dialog @returns {Promise<string>} */
function asked(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}
