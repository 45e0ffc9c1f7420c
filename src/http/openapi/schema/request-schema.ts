import { z } from 'zod';
import type { Units } from '../../daxpay/request/units.ts';
import { bilingual, type Schema } from '../openapi.ts';
import { describeField, timeSchema, wireTypes } from './request-fields.ts';

/**
 * The JSON Schema of the schema that validates a request: names, lengths, patterns and required fields come from validation.
 * Adds the members that are read before it: time and signature.
 */
export function requestSchema(validation: z.ZodObject, units: Units, description?: string): Schema {
  const { properties = {}, required = [] } = z.toJSONSchema(validation, {
    io: 'input',
    unrepresentable: 'any',
  });
  const wire = wireTypes(units);
  const fields = Object.entries(properties).map(([name, property]): [string, Schema] => {
    const schema = wire[name] ?? withoutNull(property);
    return [name, { ...schema, description: describeField(name) }];
  });
  const reqTime = { ...timeSchema(units), description: bilingual('请求时间', 'when the request is sent') };
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties: { ...Object.fromEntries(fields), reqTime, sign },
    required: [...required, 'reqTime'],
  };
}

const sign: Schema = {
  type: 'string',
  description: bilingual('签名值，开启验签时必填', 'the signature; required unless disabled'),
};

/** Null means the same as a missing field, and would only clutter the schema. */
function withoutNull(property: z.core.JSONSchema._JSONSchema): Schema {
  if (typeof property === 'boolean') return {};
  const [schema = property] = property.anyOf ?? [];
  if (typeof schema === 'boolean') return {};
  const { type, maxLength, pattern, format } = schema;
  return { type: typeof type === 'string' ? type : 'string', ...defined({ maxLength, pattern, format }) };
}

function defined(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}
