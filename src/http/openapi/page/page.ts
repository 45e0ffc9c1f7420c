import { stringify } from 'lossless-json';
import type { MediaType, OpenApiDocument, OperationObject, Schema } from '../openapi.ts';
import { Html, html, joined } from './html.ts';
import { style } from './style.ts';

/** Renders the document as one self-contained page: no scripts, fonts or other requests. */
export function renderPage(document: OpenApiDocument): string {
  const { info, paths, webhooks, components } = document;
  const operations = [
    ...Object.entries(paths).map(([path, { post }]) => ({ path, post })),
    ...Object.values(webhooks).map(({ post }) => ({ path: 'notifyUrl', post })),
  ];
  const page = html`<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} API</title>
<style>${new Html(style)}</style>
</head>
<body>
<h1>${info.title} API</h1>
${joined(info.description.split('\n\n').map((paragraph) => html`<p>${paragraph}</p>`))}
<p><a href="/openapi.json">OpenAPI 3.1</a></p>
<nav aria-label="接口 · operations"><ul>
${joined(operations.map(({ path, post }) => html`<li><a href="#${post.operationId}">${post.summary}</a> <code>${path}</code></li>`))}
<li><a href="#codes">结果码 · Codes</a></li>
</ul></nav>
${joined(operations.map(({ path, post }) => operationSection(path, post, document)))}
<section id="codes"><h2>结果码 · Codes</h2>
${codeTable(components.schemas.Code ?? {})}
</section>
</body>
</html>
`;
  return page.text;
}

function operationSection(path: string, operation: OperationObject, document: OpenApiDocument): Html {
  const { operationId, summary, description, requestBody, responses } = operation;
  return html`<section id="${operationId}"><h2>${summary}</h2>
<p><code>POST ${path}</code></p>
<p>${description}</p>
<h3>请求 · Request</h3>
${joined(Object.entries(requestBody.content).map(([type, media]) => mediaBlock(type, media, document)))}
${joined(
  Object.entries(responses).map(
    ([status, response]) => html`<h3>响应 · Answer ${status}</h3>
<p>${response.description}</p>
${joined(Object.entries(response.content ?? {}).map(([type, media]) => mediaBlock(type, media, document)))}`,
  ),
)}</section>`;
}

function mediaBlock(type: string, { schema, examples = {} }: MediaType, document: OpenApiDocument): Html {
  const variants = (schema.anyOf ?? []).map(({ $ref = '' }) => $ref.slice($ref.lastIndexOf('/') + 1));
  return html`<p><code>${type}</code></p>
${joined(
  variants.map(
    (name) => html`<details><summary><code>${name}</code></summary>
<p>${document.components.schemas[name]?.description ?? ''}</p>
${fieldTable(document.components.schemas[name] ?? {})}</details>`,
  ),
)}
${joined(
  Object.values(examples).map(
    ({ summary, value }) => html`<h4>${summary}</h4>
<pre>${stringify(value, undefined, 2) ?? ''}</pre>`,
  ),
)}`;
}

/** The fields of an object, followed by those of nested objects. */
function fieldTable(schema: Schema): Html {
  return html`<table><thead><tr><th>变量名 · Name</th><th>必填 · Required</th><th>类型 · Type</th><th>描述 · Description</th></tr></thead>
<tbody>${joined(rowsOf(schema, ''))}</tbody></table>`;
}

function rowsOf(schema: Schema, prefix: string): Html[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const required = schema.required?.includes(name) ? '是 · yes' : '';
    const row = html`<tr><td><code>${prefix}${name}</code></td><td>${required}</td><td>${typeOf(field)}</td><td>${describe(field)}</td></tr>`;
    const inner = [field, field.items, ...(field.anyOf ?? [])].find((each) => each?.properties !== undefined);
    return [row, ...(inner === undefined ? [] : rowsOf(inner, `${prefix}${name}.`))];
  });
}

function typeOf({ $ref, type, anyOf, maxLength }: Schema): string {
  if ($ref !== undefined) return 'integer';
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' | ');
  const name = typeof type === 'string' ? type : (type ?? []).join(' | ');
  return maxLength === undefined ? name : `${name} ≤ ${maxLength}`;
}

function describe({ $ref, title, description = '', enum: values }: Schema): string {
  const meaning = $ref === undefined ? description : '结果码 · result code';
  return [meaning, title, values?.join(', ')].filter((part) => part !== undefined && part !== '').join(' — ');
}

function codeTable({ oneOf = [] }: Schema): Html {
  return html`<table><tbody>${joined(
    oneOf.map(
      ({ const: code, title = '', description = '' }) =>
        html`<tr><td><code>${String(code)}</code></td><td><code>${title}</code></td><td>${description}</td></tr>`,
    ),
  )}</tbody></table>`;
}
