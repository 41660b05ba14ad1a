/** The search of an address with one of its values changed; what is empty is left out. */
export function withValue<T extends object>(search: T, name: keyof T & string, value: string): T {
  const others = Object.entries(search).filter(([each]) => each !== name);
  return Object.fromEntries(value ? [...others, [name, value]] : others) as T;
}
