import type { Problem } from "./api/problem";

/** What is shown of a refusal. */
export interface ProblemText {
  /** In the language of the page; null where the page has no sentence for it. */
  sentence: string | null;
  /** The platform's own words, which are English; empty where they would say nothing more. */
  detail: string;
}

/** Whose sentence says so little that the platform's own words are always needed. */
const GENERAL = new Set(["conflict", "forbidden", "in_use", "internal", "invalid", "over_quota", "unavailable"]);
/** A quoted value, a number, an address, or a field before what is wrong with it. */
const NAMED = /['"`\d/@]|\w: /;

/**
 * An English page shows the platform's own words, which say more; any other the sentence that the page has for the
 * code, and the platform's words too where they name a field or a value.
 */
export function problemText(problem: Problem, sentence: string | null, locale: string): ProblemText {
  const { code, message } = problem;
  if (sentence === null || (locale === "en" && message)) return { sentence: null, detail: message };
  return { sentence, detail: GENERAL.has(code) || NAMED.test(message) ? message : "" };
}
