import * as z from 'zod'

/** A variable's path as documents write it; ids are sometimes YAML numbers. */
export const SelectorSchema = z.array(z.coerce.string())

/** A variable handed to a node under a name. */
export const NamedSelector = z.looseObject({ variable: z.string(), value_selector: SelectorSchema })
