/** Whatever says `text`, in capitals or not; undefined where nothing is asked for. Groups the match, for `split`. */
export function literally(text: string): RegExp | undefined {
  return text ? new RegExp(`(${escaped(text)})`, "giu") : undefined;
}

const TERM = /(-)?(?:"([^"]*)(?:"|$)|([^\s"]+))/g;
const NO_WORD = /[^\p{L}\p{N}_]+/u;

/**
 * What a line was found by, of what was asked of the platform's search: words, `begin*`, `"a phrase"`; not what a line
 * must be without. Groups the match, for `split`.
 */
export function searched(query: string): RegExp | undefined {
  const terms = [...query.matchAll(TERM)].flatMap(([, without, phrase, word = ""]) => {
    if (without || (phrase === undefined && word.toLowerCase() === "or")) return [];
    const words = (phrase ?? word).split(NO_WORD).filter((each) => each !== "");
    if (words.length === 0) return [];
    return words.map(escaped).join("[^\\p{L}\\p{N}_]+") + (word.endsWith("*") ? "[\\p{L}\\p{N}_]*" : "");
  });
  if (terms.length === 0) return undefined;
  return new RegExp(`(?<![\\p{L}\\p{N}_])(${terms.join("|")})(?![\\p{L}\\p{N}_])`, "giu");
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
