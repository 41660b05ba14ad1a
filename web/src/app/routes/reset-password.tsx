import { createFileRoute } from "@tanstack/react-router";

import { ResetPasswordPage } from "@/app/pages/reset-password-page";
import { loadTexts } from "@/lib/i18n/locale";

export const Route = createFileRoute("/reset-password")({
  loader: () => loadTexts("account"),
  component: ResetPasswordPage,
});
