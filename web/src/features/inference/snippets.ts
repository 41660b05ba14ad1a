/** How a program asks the service what the playground asks it. */
export type Language = "curl" | "python" | "javascript";

export interface Asked {
  /** Where the platform is, without a slash at the end. */
  address: string;
  model: string;
  mode: "chat" | "completion";
  prompt: string;
  temperature: number;
  maxTokens: number;
}

const PATHS = { chat: "/v1/chat/completions", completion: "/v1/completions" };

export function snippet(language: Language, asked: Asked): string {
  if (language === "curl") return curl(asked);
  return language === "python" ? python(asked) : javascript(asked);
}

function curl(asked: Asked): string {
  // Within single quotes a shell reads everything as it is but the single quote.
  const sent = JSON.stringify(body(asked), null, 2).replaceAll("'", `'\\''`);
  return [
    `curl ${asked.address}${PATHS[asked.mode]} \\`,
    `  -H "Authorization: Bearer $TRINE_API_KEY" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${sent}'`,
  ].join("\n");
}

function python({ address, model, mode, prompt, temperature, maxTokens }: Asked): string {
  const given =
    mode === "chat"
      ? `messages=[{"role": "user", "content": ${JSON.stringify(prompt)}}]`
      : `prompt=${JSON.stringify(prompt)}`;
  const call = mode === "chat" ? "chat.completions" : "completions";
  const text = mode === "chat" ? "message.content" : "text";
  return [
    "import os",
    "",
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url=${JSON.stringify(`${address}/v1`)}, api_key=os.environ["TRINE_API_KEY"])`,
    `answer = client.${call}.create(`,
    `    model=${JSON.stringify(model)},`,
    `    ${given},`,
    `    temperature=${temperature},`,
    `    max_tokens=${maxTokens},`,
    ")",
    `print(answer.choices[0].${text})`,
  ].join("\n");
}

function javascript(asked: Asked): string {
  const sent = JSON.stringify(body(asked), null, 2).replaceAll("\n", "\n  ");
  const text = asked.mode === "chat" ? "message.content" : "text";
  return [
    `const response = await fetch(${JSON.stringify(asked.address + PATHS[asked.mode])}, {`,
    `  method: "POST",`,
    "  headers: {",
    "    Authorization: `Bearer ${process.env.TRINE_API_KEY}`,",
    `    "Content-Type": "application/json",`,
    "  },",
    `  body: JSON.stringify(${sent}),`,
    "});",
    `if (!response.ok) throw new Error(await response.text());`,
    `const answer = await response.json();`,
    `console.log(answer.choices[0].${text});`,
  ].join("\n");
}

function body({ model, mode, prompt, temperature, maxTokens }: Asked) {
  const given = mode === "chat" ? { messages: [{ role: "user", content: prompt }] } : { prompt };
  return { model, ...given, temperature, max_tokens: maxTokens };
}
