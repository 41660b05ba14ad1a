import { type ClassValue, clsx } from "clsx";

/** Joins classes. Nothing is overridden by order: give a component only what it does not set itself. */
export function cn(...classes: ClassValue[]): string {
  return clsx(classes);
}
