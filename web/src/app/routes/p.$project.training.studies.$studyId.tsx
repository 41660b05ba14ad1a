import { createFileRoute } from "@tanstack/react-router";

import { StudyPage } from "@/app/pages/study-page";

export const Route = createFileRoute("/p/$project/training/studies/$studyId")({ component: StudyPage });
