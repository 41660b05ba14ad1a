declare global {
  interface Window {
    /** What `public/first.js` asked for before this script was there. No answer where nothing answered. */
    trineEarly?: { address: string; answer: Promise<Response | undefined> };
  }
}

/** The answer to a request that was made while the application was on its way; it is taken once. */
export async function takeEarly({ method, url }: Request): Promise<Response | undefined> {
  const early = window.trineEarly;
  if (method !== "GET" || early?.address !== url) return undefined;
  delete window.trineEarly;
  return early.answer;
}
