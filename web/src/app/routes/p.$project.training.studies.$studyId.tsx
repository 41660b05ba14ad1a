import { createFileRoute } from "@tanstack/react-router";

import { StudyPage } from "@/app/pages/study-page";

const ORDERS = ["best", "newest"] as const;

export const Route = createFileRoute("/p/$project/training/studies/$studyId")({
  validateSearch: (search): { order?: (typeof ORDERS)[number] } => {
    const order = ORDERS.find((each) => each === search["order"]);
    return order ? { order } : {};
  },
  component: StudyPage,
});
