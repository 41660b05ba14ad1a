import { useQuery } from "@tanstack/react-query";

import { Ago } from "@/components/ago";
import { Confirmed } from "@/components/confirmed";
import { ProblemNote } from "@/components/problem-note";
import { QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { sessionsQuery, useEndOtherSessions, useEndSession } from "@/features/auth/queries";
import type { SignInSession } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Where the person is signed in; each can be ended from here. */
export function SessionsList() {
  const { t } = useI18n();
  const query = useQuery(sessionsQuery);
  const endOthers = useEndOtherSessions();
  return (
    <QueryView query={query}>
      {(sessions) => (
        <>
          <ul className="divide-y divide-border">
            {sessions.map((session) => (
              <SessionLine key={session.id} session={session} />
            ))}
          </ul>
          {sessions.length > 1 && (
            <div className="mt-3">
              <Confirmed
                trigger={<Button variant="danger">{t("sessions.endOthers")}</Button>}
                title={t("sessions.endOthers")}
                about={t("sessions.endOthersAbout")}
                action={t("sessions.end")}
                mutation={endOthers}
                onConfirm={(close) => endOthers.mutate(undefined, { onSuccess: close })}
              />
            </div>
          )}
        </>
      )}
    </QueryView>
  );
}

function SessionLine({ session }: { session: SignInSession }) {
  const { t, format } = useI18n();
  const end = useEndSession();
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
      <div className="min-w-0">
        <p className="wrap-anywhere">
          {session.is_current && <strong className="font-medium">{t("sessions.this")} · </strong>}
          {session.user_agent || t("sessions.unknown")}
        </p>
        <p className="text-xs text-muted-foreground">
          {t("sessions.begun")} <Ago when={session.created_at} /> ·{" "}
          {t("sessions.until", { when: format.dateTime(session.ends_at) })}
        </p>
        {end.error && <ProblemNote error={end.error} />}
      </div>
      {!session.is_current && (
        <Button variant="danger" size="small" disabled={end.isPending} onClick={() => end.mutate(session.id)}>
          {t("sessions.end")}
        </Button>
      )}
    </li>
  );
}
