// A client for the browser; `freshet.d.ts` is made of the OpenAPI document, see functions/README.md.
import type { components } from "./freshet";

type Schemas = components["schemas"];

/** Decide by `problem.code`; where there is a `problem.user_action`, offer it to the user. */
export class Trouble extends Error {
  constructor(readonly status: number, readonly problem: Schemas["Problem"] | null) {
    super(problem?.detail ?? problem?.title ?? `HTTP ${status}`);
  }
}

export class Freshet {
  constructor(private readonly url: string, private readonly token: () => Promise<string>) {}

  async *holdings(): AsyncGenerator<Schemas["Holdings"]> {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query: string = cursor && `?cursor=${encodeURIComponent(cursor)}`;
      const page: Schemas["HoldingsPage"] = await this.ask(`/v1/holdings${query}`);
      yield* page.items;
      cursor = page.next_cursor;
    }
  }

  /** One press of the button, one key: sent again after a lost answer, it buys nothing more. */
  async *refresh(connectionId: string, key: string): AsyncGenerator<Schemas["Refresh"]> {
    const button = { method: "POST", headers: { "Idempotency-Key": key } };
    let refresh: Schemas["Refresh"] = await this.ask(`/v1/connections/${connectionId}/refresh`, button);
    for (yield refresh; !refresh.is_terminal; yield refresh) {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      refresh = await this.ask(`/v1/refreshes/${refresh.id}`);
    }
  }

  async ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { ...init.headers, Authorization: `Bearer ${await this.token()}` };
    const response = await fetch(this.url + path, { ...init, headers });
    if (response.ok) return response.json();
    const isProblem = response.headers.get("Content-Type") === "application/problem+json";
    throw new Trouble(response.status, isProblem ? await response.json() : null);
  }
}

/** What to write beside the numbers; `positions` are null, not empty, where nothing is known. */
export function ageInWords({ status, reason, fetched_at }: Schemas["Freshness"]): string {
  if (status === "pending") return "Loading…";
  const age = fetched_at === null ? "Nothing to show" : `As of ${new Date(fetched_at).toLocaleString()}`;
  return reason === null ? age : `${age}: ${reason.replaceAll("_", " ")}`;
}
