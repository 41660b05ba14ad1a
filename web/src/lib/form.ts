/** What was typed into a field; empty where there is no such field. */
export function formText(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

/** Values of the boxes of that name which are checked. */
export function formChoices(form: FormData, name: string): string[] {
  return form.getAll(name).filter((value) => typeof value === "string");
}
