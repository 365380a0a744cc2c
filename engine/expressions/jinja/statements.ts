import { isList, isObject, setKey, type MutableObject } from '../../values/object.ts'
import type { Value } from '../../values/value.ts'
import type { CallBlock, Expression, ForStatement, MacroStatement, Named, Statement } from './ast.ts'
import { fault } from './fault.ts'
import { loopOf } from './globals.ts'
import { Callable, isValue, iterate, Namespace, truthOf, type Arguments, type Budget, type Item } from './runtime.ts'
import { Scope } from './scope.ts'

/** Whether the statements ended by themselves, or by `break` or `continue`. */
export type Flow = 'next' | 'break' | 'continue'

/** What statements need of the rendering they run in. */
export interface Renderer {
  readonly budget: Budget
  run(statements: readonly Statement[], scope: Scope): Flow
  evaluate(expression: Expression, scope: Scope): Item
  applyFilter(filter: Named, item: Item, scope: Scope): Item
  arguments(expressions: readonly Expression[], scope: Scope): Arguments
  macro(definition: MacroStatement, scope: Scope): Callable
  bind(parameters: readonly Expression[], args: Arguments, scope: Scope): Scope
  /** The output of some statements as a text of its own. */
  capture(statements: readonly Statement[], scope: Scope): string
  write(item: Item): void
  comment(text: string): void
}

/** Runs statements in order and writes what they print. */
export function runStatements(rendering: Renderer, statements: readonly Statement[], scope: Scope): Flow {
  for (const statement of statements) {
    const flow = runStatement(rendering, statement, scope)
    if (flow !== 'next') return flow
  }
  return 'next'
}

function runStatement(rendering: Renderer, statement: Statement, scope: Scope): Flow {
  switch (statement.type) {
    case 'Comment':
      rendering.comment(statement.value)
      return 'next'
    case 'If':
      return rendering.run(
        truthOf(rendering.evaluate(statement.test, scope)) ? statement.body : statement.alternate,
        scope,
      )
    case 'For':
      runFor(rendering, statement, scope)
      return 'next'
    case 'Break':
      return 'break'
    case 'Continue':
      return 'continue'
    case 'Set': {
      const { value } = statement
      const item =
        value === null ? rendering.capture(statement.body, new Scope(scope)) : rendering.evaluate(value, scope)
      assign(rendering, statement.assignee, item, scope)
      return 'next'
    }
    case 'Macro':
      scope.set(statement.name.value, rendering.macro(statement, scope))
      return 'next'
    case 'FilterStatement':
      rendering.write(
        rendering.applyFilter(statement.filter, rendering.capture(statement.body, new Scope(scope)), scope),
      )
      return 'next'
    case 'CallStatement':
      runCall(rendering, statement, scope)
      return 'next'
    default:
      rendering.write(rendering.evaluate(statement, scope))
      return 'next'
  }
}

/** `for … in … if …`: the condition is asked first, so that `loop` only counts what is taken. */
function runFor(rendering: Renderer, statement: ForStatement, scope: Scope): void {
  const { iterable, loopvar } = statement
  const select = iterable.type === 'SelectExpression' ? iterable : undefined
  const all = iterate(rendering.evaluate(select?.lhs ?? iterable, scope), rendering.budget)
  const items =
    select === undefined
      ? all
      : all.filter(item => {
          const inner = new Scope(scope)
          assign(rendering, loopvar, item, inner)
          return truthOf(rendering.evaluate(select.test, inner))
        })
  const outer = scope.get('loop')
  const depth = outer instanceof Namespace ? Number(outer.fields.get('depth') ?? 0n) + 1 : 1
  const loop = loopOf(items, depth)
  rendering.budget.spend(4)
  for (const [index, item] of items.entries()) {
    rendering.budget.spend(4)
    const inner = new Scope(scope)
    inner.set('loop', loop.at(index))
    assign(rendering, loopvar, item, inner)
    if (rendering.run(statement.body, inner) === 'break') break
  }
  if (items.length === 0) rendering.run(statement.defaultBlock, new Scope(scope))
}

/** To a name, to several at once, or to a field of a namespace. */
function assign(rendering: Renderer, target: Expression, item: Item, scope: Scope): void {
  if (target.type === 'Identifier') scope.set(target.value, item)
  else if (target.type === 'TupleLiteral') {
    const values = isValue(item) ? iterate(item, rendering.budget) : fault('cannot unpack')
    if (values.length !== target.value.length)
      fault(`expected ${target.value.length} values to unpack, got ${values.length}`)
    target.value.forEach((name, index) => assign(rendering, name, values[index] ?? null, scope))
  } else if (target.type === 'MemberExpression') assignField(rendering, target, item, scope)
  else fault('cannot assign to this')
}

function assignField(
  rendering: Renderer,
  target: Expression & { type: 'MemberExpression' },
  item: Item,
  scope: Scope,
): void {
  const object = rendering.evaluate(target.object, scope)
  const { property } = target
  if (!(object instanceof Namespace) || !object.writable || target.computed || property.type !== 'Identifier') {
    fault('only fields of a namespace can be assigned')
  } else object.fields.set(property.value, item)
}

function runCall(rendering: Renderer, statement: CallBlock, scope: Scope): void {
  const callee = rendering.evaluate(statement.call.callee, scope)
  if (!(callee instanceof Callable)) return fault('a call block needs a macro')
  const caller = new Callable('caller', args =>
    rendering.capture(statement.body, rendering.bind(statement.callerArgs ?? [], args, new Scope(scope))),
  )
  const { list, named } = rendering.arguments(statement.call.args, scope)
  rendering.write(callee.call({ list, named: new Map([...named, ['caller', caller]]) }))
}

/** A copy of the variables that a template may change without anybody noticing. */
export function copyOf(value: Value): Value {
  if (isList(value)) return value.map(copyOf)
  if (!isObject(value)) return value
  const copy: MutableObject = {}
  for (const [key, item] of Object.entries(value)) setKey(copy, key, copyOf(item))
  return copy
}
