/** What the platform refused, as it said it (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
    /** Of the character at which a text could no longer be understood; null where it was no text. */
    readonly position: number | null = null,
  ) {
    super(message);
  }

  static from(status: number, body: unknown): Problem {
    if (!isRecord(body)) return new Problem(status, `http_${status}`, typeof body === "string" ? body : "");
    // The gateway answers in OpenAI's shape: {"error": {"message", "code"}}.
    const stated = isRecord(body["error"]) ? body["error"] : body;
    const message = stated["detail"] ?? stated["message"];
    const code = stated["code"];
    return new Problem(
      status,
      typeof code === "string" ? code : `http_${status}`,
      typeof message === "string" ? message : "",
      fieldErrors(stated["errors"]),
      typeof stated["position"] === "number" ? stated["position"] : null,
    );
  }
}

/** Nothing answered: the page keeps what it has and tries again. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

function fieldErrors(errors: unknown): Record<string, string> {
  if (!Array.isArray(errors)) return {};
  const entries: [string, string][] = [];
  for (const entry of errors) {
    if (isRecord(entry) && typeof entry["field"] === "string" && typeof entry["message"] === "string") {
      entries.push([entry["field"], entry["message"]]);
    }
  }
  return Object.fromEntries(entries);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
