import type { ComponentProps } from "react";

import { Field } from "./field";

/** A labelled number that is not negative and must be given; a whole one unless `step` says otherwise. */
export function NumberField(props: Omit<ComponentProps<typeof Field>, "type">) {
  return <Field type="number" min={0} required {...props} />;
}
