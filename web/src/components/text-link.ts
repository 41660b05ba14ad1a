/** Of a link within text or a table. */
export const textLinkClasses = "text-accent-foreground font-medium wrap-anywhere underline-offset-4 hover:underline";
