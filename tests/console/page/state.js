/** What the page knows, in one place; whoever changes it asks for a new drawing. */

/** @typedef {import("./api.js").Api} Api */

/**
 * @typedef {object} AccountView
 * @property {any} holdings
 * @property {any[] | null} days
 * @property {any[] | null} changes
 * @property {any} loadedFor the holdings that days and changes belong to
 */

export const state = {
  /** @type {{api_url: string, redirect_path: string, users: {id: string, token: string}[]} | null} */
  session: null,
  /** @type {string | null} */
  user: null,
  /** @type {Api | null} */
  api: null,
  /** @type {any[] | null} */
  connections: null,
  /** @type {any} */
  portfolio: null,
  /** @type {any} */
  usage: null,
  /** @type {string | null} */
  connectionId: null,
  /** @type {string | null} */
  accountId: null,
  /** @type {Map<string, any[]>} accounts by connection */
  accounts: new Map(),
  /** @type {Map<string, AccountView>} by account */
  views: new Map(),
  /** @type {Map<string, {refresh: any, problem: any, isAsking: boolean}>} refreshes by connection */
  refreshes: new Map(),
  /** @type {Map<string, {text: string, tone: string}[]>} what trouble did, by connection */
  log: new Map(),
  /** @type {string | null} which trouble is being made */
  making: null,
  /** @type {{tone: string, title: string, detail?: string | null, code?: string | null} | null} */
  notice: null,
  /** @type {any} what keeps the page from loading at all */
  failure: null,
  currency: /** @type {string | null} */ (null),
};

/** @type {() => void} */
let draw = () => {};
let isPlanned = false;

/** Say who draws. @param {() => void} drawer */
export function drawWith(drawer) {
  draw = drawer;
}

/** Draw soon, once for all that changes until then. */
export function redraw() {
  if (isPlanned) return;
  isPlanned = true;
  queueMicrotask(() => {
    isPlanned = false;
    draw();
  });
}

/** Tell something at the top of the page. @param {typeof state.notice} notice */
export function tell(notice) {
  state.notice = notice;
  redraw();
  if (notice) speak([notice.title, notice.detail].filter(Boolean).join(". "));
}

/** Say something to who listens instead of looking. @param {string} text */
export function speak(text) {
  const place = document.getElementById("spoken");
  if (place && place.textContent !== text) place.textContent = text;
}

/** Give the connection that is looked at. */
export function current() {
  return state.connections?.find((each) => each.id === state.connectionId) ?? null;
}

/** Forget everything of the user before. */
export function forget() {
  Object.assign(state, {
    connections: null, portfolio: null, usage: null, connectionId: null, accountId: null, notice: null, currency: null,
  });
  for (const kept of [state.accounts, state.views, state.refreshes, state.log]) kept.clear();
}
