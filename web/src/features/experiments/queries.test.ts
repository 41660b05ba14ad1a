import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { serve } from "@/testing/server";

import { seriesQuery } from "./queries";

test("a live curve asks only for what is new, and keeps what it has", async () => {
  const logged: Record<string, [number, number | string][]> = { loss: [[1, 3], [2, "NaN"]], accuracy: [[1, 0.5]] }; // prettier-ignore
  const asked: (string | null)[] = [];
  serve({
    "GET /api/v1/runs/r/metrics": (request) => {
      const query = new URL(request.url).searchParams;
      asked.push(query.get("after"));
      const after = Number(query.get("after") ?? -1);
      return Response.json(
        query.getAll("name").map((name) => {
          const points = (logged[name] ?? []).filter(([step]) => step > after);
          const steps = points.map(([step]) => step);
          return { name, steps, values: points.map(([, value]) => value), times: steps.map((step) => 100 + step) };
        }),
      );
    },
  });
  const queryClient = new QueryClient();
  const read = () => queryClient.query({ ...seriesQuery(queryClient, "r", ["loss", "accuracy"], true), staleTime: 0 });

  await read();
  logged["loss"]?.push([3, 2]);
  const series = await read();

  expect(asked).toEqual([null, "1"]);
  expect(series).toEqual([
    { name: "loss", steps: [1, 2, 3], values: [3, NaN, 2], times: [101, 102, 103] },
    { name: "accuracy", steps: [1], values: [0.5], times: [101] },
  ]);
});
