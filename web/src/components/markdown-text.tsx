import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

// One page has one h1, which is not in somebody's text; wide tables and code scroll by themselves.
const LOOK: Components = {
  h1: ({ children }) => <h3 className="mt-4 mb-2 text-lg font-semibold first:mt-0">{children}</h3>,
  h2: ({ children }) => <h4 className="mt-5 mb-2 font-semibold">{children}</h4>,
  h3: ({ children }) => <h5 className="mt-4 mb-2 font-medium">{children}</h5>,
  p: ({ children }) => <p className="my-2 wrap-anywhere">{children}</p>,
  ul: ({ children }) => <ul className="my-2 list-disc pl-6">{children}</ul>,
  ol: ({ children }) => <ol className="my-2 list-decimal pl-6">{children}</ol>,
  a: ({ href, children }) => (
    <a href={href} rel="noreferrer" target="_blank" className="text-primary underline">
      {children}
    </a>
  ),
  code: ({ children }) => <code className="rounded-sm bg-muted px-1 font-mono text-xs wrap-anywhere">{children}</code>,
  pre: ({ children }) => (
    <pre tabIndex={0} className="my-2 overflow-x-auto rounded-lg bg-muted p-3 text-xs [&_code]:px-0">
      {children}
    </pre>
  ),
  table: ({ children }) => (
    <div tabIndex={0} role="group" className="my-2 overflow-x-auto">
      <table className="text-left">{children}</table>
    </div>
  ),
  // The corner of a table has nothing to say, and is no header of anything.
  th: ({ children }) =>
    children ? (
      <th className="border-b border-border py-1 pr-6 text-xs text-muted-foreground">{children}</th>
    ) : (
      <td className="border-b border-border" />
    ),
  td: ({ children }) => (
    <td className="border-b border-border py-1 pr-6 wrap-anywhere first:wrap-normal first:break-keep">{children}</td>
  ),
  // What somebody wrote loads nothing from elsewhere.
  img: ({ alt }) => <span className="text-muted-foreground">{alt}</span>,
};

export default function MarkdownText({ text }: { text: string }) {
  return (
    <div>
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={LOOK}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
