/** The part of OpenAPI 3.1 that the document uses. */
export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  tags: readonly { name: string; description: string }[];
  paths: Readonly<Record<string, { post: OperationObject }>>;
  /** Requests to the merchant. */
  webhooks: Readonly<Record<string, { post: OperationObject }>>;
  components: { schemas: Readonly<Record<string, Schema>> };
}

export interface OperationObject {
  operationId: string;
  summary: string;
  description: string;
  tags: readonly string[];
  requestBody: { required: true; content: Readonly<Record<string, MediaType>> };
  responses: Readonly<Record<string, { description: string; content?: Readonly<Record<string, MediaType>> }>>;
}

export interface MediaType {
  schema: Schema;
  examples?: Readonly<Record<string, Example>>;
}

export interface Example {
  summary: string;
  /** Numbers that JavaScript cannot represent exactly are LosslessNumbers. */
  value: unknown;
}

/** JSON Schema 2020-12. */
export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | readonly string[];
  const?: unknown;
  enum?: readonly unknown[];
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
}

export function refTo(component: string): Schema {
  return { $ref: `#/components/schemas/${component}` };
}

/** A description in both languages. */
export function bilingual(zh: string, en: string): string {
  return `${zh} · ${en}`;
}
