import { type VariantProps, cva } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";

import { cn } from "@/lib/class-names";

const variants = cva(
  "inline-flex items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap transition-colors disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-primary text-primary-foreground hover:bg-primary-hover",
        outline: "border border-border bg-card hover:bg-muted",
        ghost: "hover:bg-muted",
        danger: "border border-border bg-card text-danger hover:bg-danger-soft",
      },
      size: {
        normal: "h-9 shrink-0 px-4",
        tight: "h-9 px-2",
        small: "h-8 shrink-0 px-3 text-xs",
        icon: "size-9 shrink-0",
      },
    },
    defaultVariants: { variant: "primary", size: "normal" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof variants> & { asChild?: boolean };

export function Button({ className, variant, size, asChild = false, ...props }: ButtonProps) {
  const Tag = asChild ? Slot.Root : "button";
  return (
    <Tag type={asChild ? undefined : "button"} className={cn(variants({ variant, size }), className)} {...props} />
  );
}
