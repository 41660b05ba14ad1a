import { useEffect, useState } from "react";

import { Problem } from "@/lib/api/problem";
import { useI18n } from "@/lib/i18n/i18n-context";
import { hasTexts, loadTexts } from "@/lib/i18n/locale";
import { problemText } from "@/lib/problem-text";

/** What went wrong, in the language of the page, with the platform's own words where they say more. */
export function ProblemWords({ error }: { error: Error }) {
  const { t } = useI18n();
  // Nothing is fetched from a platform that does not answer.
  return error instanceof Problem ? <Refusal problem={error} /> : t("problem.unreachable");
}

function Refusal({ problem }: { problem: Problem }) {
  const { t, term, locale } = useI18n();
  const fetched = useProblemTexts();
  if (!fetched && locale !== "en") return null;
  const told = term("problemCode", problem.code);
  const { sentence, detail } = problemText(problem, told === problem.code ? null : told, locale);
  if (!sentence) return detail ? <span lang="en">{detail}</span> : t("problem.status", { status: problem.status });
  return (
    <>
      {sentence}
      {detail && (
        <span lang="en" className="mt-0.5 block text-xs">
          {detail}
        </span>
      )}
    </>
  );
}

/** The sentences are fetched with the first refusal; whether they are there, or could not be had. */
function useProblemTexts(): boolean {
  const [fetched, setFetched] = useState(() => hasTexts("problems"));
  useEffect(() => {
    let shown = true;
    const done = () => shown && setFetched(true);
    loadTexts("problems").then(done, done);
    return () => {
      shown = false;
    };
  }, []);
  return fetched;
}
