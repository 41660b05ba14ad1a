import { describe, expect, it } from "vitest";

import { beginning, readSpanSearch, timed } from "./time-span";

describe("spans of time", () => {
  it("are read from an address, and what is not known is an hour", () => {
    expect(readSpanSearch({ span: "week" })).toEqual({ span: "week" });
    expect(readSpanSearch({ span: "hour" })).toEqual({});
    expect(readSpanSearch({ span: "century" })).toEqual({});
    expect(readSpanSearch({ span: ["day"] })).toEqual({});
  });

  it("begin so long ago", () => {
    expect(beginning("day", Date.parse("2026-03-02T00:00:00Z"))).toBe("2026-03-01T00:00:00.000Z");
  });
});

describe("values over time", () => {
  const times = ["2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", "2026-01-01T00:05:00Z"];

  it("have a gap where a moment is missing", () => {
    const begin = Date.parse("2026-01-01T00:00:00Z") / 1000;
    const series = timed("cpu", times, 60, [1, 2, 3]);
    expect(series.times.map((time) => time - begin)).toEqual([0, 60, 120, 300]);
    expect(series.values).toEqual([1, 2, NaN, 3]);
    expect(series.steps).toEqual([0, 1, 2, 3]);
  });

  it("have a gap where nothing was measured", () => {
    expect(timed("p50", times.slice(0, 2), 60, [null, 2]).values).toEqual([NaN, 2]);
  });
});
