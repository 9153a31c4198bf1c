/** What the API's codes are called on this page; a code that is not known here is shown as it is. */

/** @type {Record<string, {label: string, tone: string, advice?: string}>} */
const STATUSES = {
  initialising: { label: "Connecting", tone: "busy", advice: "The first read is under way." },
  active: { label: "Connected", tone: "good" },
  degraded: { label: "In trouble", tone: "warn", advice: "The broker is not answering; we keep trying. These are the last good holdings." },
  expiring: { label: "Ends soon", tone: "warn", advice: "The provider has announced that this link ends within days." },
  needs_user: { label: "Needs you", tone: "bad", advice: "Log in at the broker again, so that holdings can be read." },
  revoked: { label: "Revoked", tone: "bad", advice: "The link was ended. Log in at the broker again to go on." },
  removing: { label: "Being removed", tone: "busy", advice: "Nothing can be asked of it any more, and it is gone soon." },
};

/** @type {Record<string, {label: string, tone: string}>} */
const FRESHNESS = {
  pending: { label: "Not read yet", tone: "busy" },
  none: { label: "Nothing to show", tone: "quiet" },
  fresh: { label: "Fresh", tone: "good" },
  ageing: { label: "Ageing", tone: "warn" },
  stale: { label: "Stale", tone: "bad" },
  blocked: { label: "Blocked", tone: "bad" },
};

/** @type {Record<string, string>} */
const REASONS = {
  connection_needs_user: "The connection waits for its user to log in again.",
  account_closed: "The account is closed; these were its last holdings.",
  no_investments: "This account holds no investments.",
  holdings_unavailable: "The broker does not show the holdings of this account.",
  empty_unconfirmed: "The last answer was empty. It is not believed until newer data says so again; these are the last good holdings.",
  partly_failed: "The provider could not bring everything along.",
  partly_unreadable: "Some numbers could not be read; these lines show the last known ones, or none.",
  paused: "Reading is paused.",
  provider_trouble: "The provider is in trouble; we keep trying.",
  first_load: "The provider is still loading this account.",
  not_known_then: "Nothing is known of that moment.",
  not_updated_in_time: "No newer data has come in time.",
  prices_old: "Most of the worth has prices that are days old, however new the read.",
  refresh_unsupported: "The institution cannot refresh, so it is read live: nothing is bought.",
  refresh_too_soon: "It was refreshed too recently.",
  budget_exhausted: "A budget is used up.",
};

/** @type {Record<string, {label: string, tone: string}>} */
const RECONCILED = {
  agrees: { label: "Agrees with the broker's total", tone: "good" },
  differs: { label: "Differs from the broker's total", tone: "warn" },
  unstated: { label: "The broker states no total", tone: "quiet" },
  not_comparable: { label: "Not comparable: more than the stated currency", tone: "quiet" },
};

/** @type {Record<string, string>} */
const RECONCILED_REASONS = {
  debt: "The account owes something, which the two seem to count differently.",
  stated_before_debt: "The stated total is the one before the debt is subtracted.",
  cash_not_listed: "Cash that no line lists is counted: the stated total proves it.",
  unpriced: "A line has no price, so it is in no total here.",
  unreadable: "A line has old or unknown numbers.",
  unvested: "Units that are not the holder's yet are not counted here.",
  price_basis: "Whether a bond's price is per unit or in percent is not known, so it has no value here.",
  times_apart: "The two were said at different times, and prices moved in between.",
};

const NUMBERS = {
  last_known: "last known: could not be read this time",
  unknown: "could not be read",
  kept: "kept: left out by the broker this time",
};

/** @type {Record<string, {label: string, tone: string}>} */
const REFRESHES = {
  queued: { label: "Queued", tone: "busy" },
  reserved: { label: "Price reserved", tone: "busy" },
  calling: { label: "Asking the provider", tone: "busy" },
  accepted: { label: "Accepted, waiting for the broker", tone: "busy" },
  unknown: { label: "Answer lost, finding out for free", tone: "warn" },
  complete: { label: "Complete", tone: "good" },
  partial: { label: "Partly complete", tone: "warn" },
  no_change: { label: "Nothing newer at the broker", tone: "good" },
  timed_out: { label: "No news in time", tone: "warn" },
  refused: { label: "Refused", tone: "bad" },
};

const PROVIDERS = { snaptrade: "SnapTrade", plaid: "Plaid" };
const MODES = { realtime: "real-time data", delayed: "delayed data", unknown: "data of unknown delay" };

/** @param {string} code */
export const statusOf = (code) => STATUSES[code] ?? { label: plain(code), tone: "busy" };
/** @param {string} code */
export const freshnessOf = (code) => FRESHNESS[code] ?? { label: plain(code), tone: "busy" };
/** @param {string | null} code */
export const reasonOf = (code) => (code ? REASONS[code] ?? `${plain(code)}.` : null);
/** @param {string} code */
export const reconciledOf = (code) => RECONCILED[code] ?? { label: plain(code), tone: "busy" };
/** @param {string} code */
export const reconciledReasonOf = (code) => RECONCILED_REASONS[code] ?? `${plain(code)}.`;
/** Say where a line's numbers come from, unless they were simply read. @param {string} code */
export const numbersOf = (code) => (code === "read" ? null : NUMBERS[code] ?? plain(code));
/** @param {string} code */
export const refreshOf = (code) => REFRESHES[code] ?? { label: plain(code), tone: "busy" };
/** @param {string} code */
export const providerOf = (code) => PROVIDERS[code] ?? plain(code);
/** @param {string} code */
export const modeOf = (code) => MODES[code] ?? plain(code);

const KINDS = { etf: "ETF", adr: "ADR", stock: "Stock", mutualfund: "Mutual fund", crypto: "Crypto" };

/** @param {string | null} code */
export const kindOf = (code) => KINDS[code ?? ""] ?? plain(code ?? "unknown");

/** Turn a code into words. @param {string} code */
export function plain(code) {
  const text = code.replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Count things in words. @param {number} count @param {string} one @param {string} [many] */
export function counted(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}
