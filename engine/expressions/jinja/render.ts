import { codePointLength } from '../../values/code-points.ts'
import { RiskloomError } from '../../error.ts'
import { isObject } from '../../values/object.ts'
import type { ObjectValue } from '../../values/value.ts'
import { Rendering } from './evaluate.ts'
import { templateError, TemplateFault } from './fault.ts'
import { changingMethods } from './methods-container.ts'
import { parseTemplate } from './parse.ts'
import { copyOf } from './statements.ts'

/** Longest output, in characters (code points). */
export const maxOutput = 400_000

const changes = new RegExp(`\\.\\s*(?:${changingMethods.join('|')})\\s*\\(|\\battr\\b|\\[\\s*['"]`)

/**
 * Renders a Jinja2 template as Python would: `None`, `True`, `1.0`, dictionaries in `repr` form, no escaping.
 * Nothing outside its variables is in reach, and its work is bounded.
 * @throws RiskloomError `node-failed` with the line of the template, or `limit-exceeded`
 */
export function renderJinja(template: string, variables: ObjectValue): string {
  const statements = parseTemplate(template)
  const own = changes.test(template) ? copyOf(variables) : variables
  // A text has at most two UTF-16 units a character: beyond that it is too long whatever it holds.
  const rendering = new Rendering(isObject(own) ? own : {}, 2 * maxOutput + 1)
  try {
    rendering.run(statements, rendering.root)
  } catch (error) {
    throw translated(error, rendering)
  }
  return checked(rendering.output)
}

function checked(output: string): string {
  if (codePointLength(output) > maxOutput) throw tooLong()
  return output
}

function tooLong(): RiskloomError {
  return new RiskloomError('limit-exceeded', `Output length exceeds ${maxOutput} characters`)
}

function translated(error: unknown, rendering: Rendering): unknown {
  if (rendering.output.length > 2 * maxOutput) return tooLong()
  if (error instanceof TemplateFault) return templateError(error.message, rendering.line)
  if (error instanceof RangeError) return templateError('the template nests too deep', rendering.line)
  return error
}
