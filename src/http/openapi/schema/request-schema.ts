import { z } from 'zod';
import type { Units } from '../../daxpay/request/units.ts';
import { bilingual, type Schema } from '../openapi.ts';
import { describeField, momentSchema, wireTypes } from './request-fields.ts';

/**
 * The JSON Schema of the schema that validates a request: names, lengths, patterns and what is required are the
 * validation's own. Added are the members that are read before it: time and signature.
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
  const reqTime = { ...momentSchema(units), description: bilingual('请求时间', 'when the request is sent') };
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties: { ...Object.fromEntries(fields), reqTime, sign },
    required: [...required, 'reqTime'],
  };
}

const sign: Schema = {
  type: 'string',
  description: bilingual('签名值，开启验签时必填', 'the signature; required unless that is turned off'),
};

/** Null is the same as no field at all, and would only blur what the field is. */
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
