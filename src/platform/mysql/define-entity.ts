import { EntitySchema, type EntitySchemaColumnOptions, type EntitySchemaOptions } from 'typeorm';

/** A table in which every field of `Row` has a column: one that is missing does not compile. */
export function defineEntity<Row>(
  options: Omit<EntitySchemaOptions<Row>, 'columns'> & {
    columns: Record<keyof Row, EntitySchemaColumnOptions>;
  },
): EntitySchema<Row> {
  return new EntitySchema(options);
}
