import { useQuery } from "@tanstack/react-query";

import { Markdown } from "@/components/markdown";
import { QueryView } from "@/components/query-view";
import { previewQuery } from "@/features/experiments/queries";
import { valueText } from "@/features/experiments/value-text";
import { fileAddress } from "@/lib/api/file-address";
import type { Preview } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

interface FilePreviewProps {
  artifactId: string;
  path: string;
}

/** What the platform says is in a stored file, without running anything of it. */
export function FilePreview({ artifactId, path }: FilePreviewProps) {
  const { t } = useI18n();
  const query = useQuery(previewQuery(artifactId, path));
  return (
    <QueryView query={query}>
      {(preview) => (
        <>
          <Content preview={preview} path={path} address={fileAddress(artifactId, path)} />
          {"truncated" in preview && preview.truncated && (
            <p className="mt-1 text-xs text-muted-foreground">{t("preview.part")}</p>
          )}
        </>
      )}
    </QueryView>
  );
}

function Content({ preview, path, address }: { preview: Preview; path: string; address: string }) {
  const { t, format } = useI18n();
  switch (preview.kind) {
    case "image":
      return (
        <figure>
          {preview.thumbnail && <img src={preview.thumbnail} alt={path} className="max-h-96 max-w-full rounded-lg" />}
          <figcaption className="mt-1 text-xs text-muted-foreground">
            {preview.format} · {format.count(preview.width)} × {format.count(preview.height)}
          </figcaption>
        </figure>
      );
    case "audio":
      return <audio controls preload="metadata" src={address} aria-label={path} className="w-full" />;
    case "video":
      return <video controls preload="metadata" src={address} aria-label={path} className="max-h-96 max-w-full" />;
    case "card":
      return <Markdown text={preview.text} />;
    case "table":
      return <Table preview={preview} path={path} />;
    case "text":
      return (
        <pre
          // It scrolls, so the keyboard must reach it.
          tabIndex={0}
          aria-label={path}
          className="max-h-96 overflow-auto rounded-lg bg-muted p-3 font-mono text-xs whitespace-pre-wrap"
        >
          {preview.text}
        </pre>
      );
    case "none":
      return (
        <p className="text-muted-foreground">
          {t("preview.none")} {preview.reason}
        </p>
      );
  }
}

function Table({ preview, path }: { preview: Extract<Preview, { kind: "table" }>; path: string }) {
  const { t, format } = useI18n();
  return (
    <>
      <div
        tabIndex={0}
        role="group"
        aria-label={path}
        className="max-h-96 overflow-auto rounded-lg border border-border"
      >
        <table className="text-left text-xs">
          <thead className="sticky top-0 bg-muted">
            <tr>
              {preview.columns.map((column) => (
                <th key={column.name} scope="col" title={column.type} className="px-3 py-1.5 font-medium">
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, index) => (
              <tr key={index} className="border-t border-border">
                {row.map((cell, at) => (
                  <td key={at} className="px-3 py-1 whitespace-nowrap">
                    {valueText(cell ?? undefined, format.value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {preview.total !== null && (
        <p className="mt-1 text-xs text-muted-foreground">
          {t("preview.rows", { count: format.count(preview.total) })}
        </p>
      )}
    </>
  );
}
