import { expect, test } from "vitest";

import type { Activity } from "@/lib/api/types";

import { attempts, heldSeconds } from "./attempts";

function event(minute: number, attempt: number, before: string | null, after: string, code = after): Activity {
  return {
    id: `0000000${minute}`,
    org_id: "o",
    project_id: "p",
    actor_type: "controller",
    actor_id: null,
    action: `workload.${after}`,
    subject_type: "workload",
    subject_id: "w",
    data: { attempt, before, after, reason: { code, message: `it is ${code}` } },
    created_at: `2026-01-01T00:0${minute}:00Z`,
  };
}

const told = [
  event(0, 1, null, "queued", "submitted"),
  event(1, 1, "queued", "admitted"),
  event(2, 1, "admitted", "running"),
  event(3, 1, "running", "queued", "node_lost"),
  event(4, 2, "queued", "admitted"),
];

test("an attempt ends where the workload is queued again, with its reason", () => {
  const [first, second] = attempts([...told].reverse());
  expect(first).toMatchObject({ number: 1, startedAt: "2026-01-01T00:02:00Z", endedAt: "2026-01-01T00:03:00Z" });
  expect(first?.message).toBe("it is node_lost");
  expect(second).toMatchObject({ number: 2, status: "admitted", admittedAt: "2026-01-01T00:04:00Z" });
  expect(second?.endedAt).toBeUndefined();
});

test("what is held is counted from the admission to the end, or to now", () => {
  const [first, second] = attempts(told);
  const now = Date.parse("2026-01-01T00:09:00Z");
  expect(first && heldSeconds(first, now)).toBe(120);
  expect(second && heldSeconds(second, now)).toBe(300);
  expect(heldSeconds({ number: 1, status: "queued", code: "", message: "" }, now)).toBe(0);
});
