/** Freshet's public API as the page calls it: a base URL, a token, and problems as errors. */

/**
 * What the API answered in place of what was asked for.
 */
export class Problem extends Error {
  /** @param {number} status @param {Record<string, any>} body */
  constructor(status, body) {
    super(body.title ?? body.message ?? "The API did not answer");
    this.status = status;
    this.code = body.code ?? null;
    this.detail = body.detail ?? null;
    this.userAction = body.user_action ?? null;
    this.retryAt = body.retry_after ? Date.now() + body.retry_after * 1000 : null;
  }
}

/**
 * Calls on behalf of one user.
 */
export class Api {
  /** @param {string} baseUrl @param {string} token */
  constructor(baseUrl, token) {
    this.baseUrl = baseUrl;
    this.token = token;
    /** @type {Map<string, {etag: string, body: any}>} */
    this.known = new Map();
  }

  /**
   * Send a request; throws Problem.
   * @param {string} method
   * @param {string} path
   * @param {{body?: unknown, headers?: Record<string, string>}} [options]
   * @returns {Promise<{status: number, headers: Headers, body: any}>}
   */
  async call(method, path, { body, headers = {} } = {}) {
    const sent = { Authorization: `Bearer ${this.token}`, ...headers };
    if (body !== undefined) sent["Content-Type"] = "application/json";
    const init = { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body) };
    let answer;
    try {
      answer = await fetch(this.baseUrl + path, init);
    } catch {
      throw new Problem(0, { title: "The API cannot be reached", detail: "Is the stack still running?" });
    }
    const text = await answer.text();
    if (answer.status === 304) return { status: 304, headers: answer.headers, body: null };
    const document = isJson(answer) && text ? JSON.parse(text) : {};
    if (!answer.ok) throw new Problem(answer.status, document);
    return { status: answer.status, headers: answer.headers, body: document };
  }

  /** Read. @param {string} path @returns {Promise<any>} */
  async get(path) {
    return (await this.call("GET", path)).body;
  }

  /** Read what has an ETag; an answer that is still good is not sent again. @param {string} path */
  async read(path) {
    const known = this.known.get(path);
    const headers = known ? { "If-None-Match": known.etag } : {};
    const answer = await this.call("GET", path, { headers });
    if (answer.status === 304 && known) return known.body;
    const etag = answer.headers.get("ETag");
    if (etag) this.known.set(path, { etag, body: answer.body });
    return answer.body;
  }

  /** Read a list to its end, or to `most` items. @param {string} path @param {number} [most] */
  async items(path, most = Infinity) {
    const items = [];
    let cursor = null;
    do {
      const joint = path.includes("?") ? "&" : "?";
      const page = await this.get(cursor ? `${path}${joint}cursor=${encodeURIComponent(cursor)}` : path);
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor && items.length < most);
    return items;
  }
}

/**
 * Ask the console's own server, which stands for what a real app has elsewhere.
 * @param {string} path @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function ask(path, body) {
  const init = body === undefined
    ? {}
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, init);
  const document = await answer.json();
  if (!answer.ok) throw new Problem(answer.status, document);
  return document;
}

/** @param {Response} answer */
function isJson(answer) {
  return (answer.headers.get("Content-Type") ?? "").includes("json");
}
