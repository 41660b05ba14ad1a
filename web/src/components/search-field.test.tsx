import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { renderApp } from "@/testing/render";

import { SearchField } from "./search-field";

/** As addresses keep it: without the blanks around it. */
function Trimming() {
  const [value, setValue] = useState("");
  return (
    <>
      <SearchField label="Name" value={value} onChange={(typed) => setValue(typed.trim())} />
      <button onClick={() => setValue("")}>clear</button>
    </>
  );
}

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => vi.useRealTimers());

const pause = () => {
  act(() => {
    vi.advanceTimersByTime(1000);
  });
};

test("a blank survives a pause between two words", async () => {
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
  renderApp(<Trimming />);
  const field = screen.getByRole("searchbox", { name: "Name" });
  await user.type(field, "my ");
  pause();
  await user.type(field, "job");
  pause();
  expect(field).toHaveValue("my job");
});

test("what clears the value clears the field", async () => {
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
  renderApp(<Trimming />);
  await user.type(screen.getByRole("searchbox"), "my job");
  pause();
  await user.click(screen.getByRole("button", { name: "clear" }));
  expect(screen.getByRole("searchbox")).toHaveValue("");
});
