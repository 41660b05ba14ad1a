import { describe, expect, it } from "vitest";

import { readWorkSearch } from "./work-search";

describe("what an address says of a list of work", () => {
  it("is read as it was written", () => {
    const search = { name: "lm", status: ["running", "failed"], sort: "-duration" };
    expect(readWorkSearch(search)).toEqual(search);
  });

  it("leaves out what is not known, empty or said by itself", () => {
    expect(readWorkSearch({ name: "  ", status: ["asleep"], sort: "-created_at", colour: "red" })).toEqual({});
    expect(readWorkSearch({ name: 7, status: "failed", sort: ["name"] })).toEqual({ status: ["failed"] });
  });
});
