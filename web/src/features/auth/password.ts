/** What the platform takes as a password, in characters; it decides, the page says so sooner. */
export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 256;
