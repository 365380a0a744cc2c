import { isObject, setKey, type MutableObject } from '../../values/object.ts'
import { pythonText } from '../../values/text.ts'
import type { ObjectValue, Value } from '../../values/value.ts'
import type { Binary, Call, Expression, Identifier, MacroStatement, Named, Statement } from './ast.ts'
import { fault } from './fault.ts'
import type { FilterContext } from './filter.ts'
import { filters } from './filters.ts'
import { globalsOf } from './globals.ts'
import { linePrefix, testFilter } from './lexer.ts'
import { attribute, slice, subscript } from './members.ts'
import { binary, unary } from './operators.ts'
import {
  Budget,
  Callable,
  isValue,
  iterate,
  textOfItem,
  toValue,
  truthOf,
  Undefined,
  type Arguments,
  type Item,
} from './runtime.ts'
import { Scope } from './scope.ts'
import { runStatements, type Flow, type Renderer } from './statements.ts'
import { tests } from './tests.ts'

const literals: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])

const comparisons = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', 'not in'])

/** One rendering of a template: its output so far, its work so far, and the line it is at. */
export class Rendering implements FilterContext, Renderer {
  readonly budget = new Budget()
  readonly root: Scope
  /** Line of the tag that is being worked on. */
  line = 1
  output = ''
  private readonly limit: number

  /** @param limit characters after which the rendering is given up */
  constructor(variables: ObjectValue, limit: number) {
    this.limit = limit
    const globals = new Scope()
    for (const [name, item] of globalsOf(this.budget)) globals.set(name, item)
    this.root = new Scope(globals)
    for (const [name, value] of Object.entries(variables)) this.root.set(name, value)
  }

  run(statements: readonly Statement[], scope: Scope): Flow {
    return runStatements(this, statements, scope)
  }

  write(item: Item): void {
    this.output += textOfItem(item)
    if (this.output.length > this.limit) fault('the output is too long')
  }

  /** The output of some statements as a text of its own. */
  capture(statements: readonly Statement[], scope: Scope): string {
    const outer = this.output
    this.output = ''
    this.run(statements, scope)
    const text = this.output
    this.output = outer
    return this.budget.text(text)
  }

  comment(text: string): void {
    if (text.startsWith(linePrefix)) this.line = Number(text.slice(linePrefix.length))
  }

  evaluate(expression: Expression, scope: Scope): Item {
    this.budget.spend(1)
    switch (expression.type) {
      case 'StringLiteral':
      case 'FloatLiteral':
        return expression.value
      case 'IntegerLiteral':
        return BigInt(expression.value)
      case 'Identifier':
        return this.name(expression, scope)
      case 'MemberExpression':
        return this.member(expression, scope)
      case 'BinaryExpression':
        return this.operation(expression, scope)
      case 'FilterExpression':
        return this.applyFilter(expression.filter, this.evaluate(expression.operand, scope), scope)
      case 'TestExpression':
        return (
          this.test(expression.test.value, this.evaluate(expression.operand, scope), noArguments) !== expression.negate
        )
      case 'UnaryExpression':
        return this.unary(expression.operator.value, this.evaluate(expression.argument, scope))
      case 'CallExpression':
        return this.call(expression, scope)
      case 'Ternary':
        return this.evaluate(
          truthOf(this.evaluate(expression.condition, scope)) ? expression.trueExpr : expression.falseExpr,
          scope,
        )
      case 'SelectExpression':
        return truthOf(this.evaluate(expression.test, scope))
          ? this.evaluate(expression.lhs, scope)
          : new Undefined('the inline if has no else')
      case 'ArrayLiteral':
      case 'TupleLiteral':
        return this.budget.list(expression.value.map(item => toValue(this.evaluate(item, scope))))
      case 'ObjectLiteral':
        return this.object(expression.value, scope)
      case 'SliceExpression':
      case 'KeywordArgumentExpression':
      case 'SpreadExpression':
      case 'KeywordSpreadExpression':
        return fault('an argument stands where a value is expected')
    }
  }

  private name({ value: name }: Identifier, scope: Scope): Item {
    const literal = literals.get(name)
    if (literal !== undefined) return literal
    const item = scope.get(name)
    return item === undefined ? new Undefined(`'${name}' is undefined`) : item
  }

  private member(expression: Expression & { type: 'MemberExpression' }, scope: Scope): Item {
    const object = this.evaluate(expression.object, scope)
    const { property } = expression
    if (!expression.computed) {
      if (property.type === 'Identifier') return attribute(object, property.value, this.budget)
      return subscript(object, this.evaluate(property, scope), this.budget)
    }
    if (property.type !== 'SliceExpression') return subscript(object, this.evaluate(property, scope), this.budget)
    const bound = (part: Expression | undefined): Value =>
      part === undefined ? null : toValue(this.evaluate(part, scope))
    return slice(object, bound(property.start), bound(property.stop), bound(property.step), this.budget)
  }

  private operation(expression: Binary, scope: Scope): Item {
    const operator = expression.operator.value
    if (operator === 'and' || operator === 'or') {
      const left = this.evaluate(expression.left, scope)
      return truthOf(left) === (operator === 'or') ? left : this.evaluate(expression.right, scope)
    }
    // `1 < x < 3` is parsed as `(1 < x) < 3` and means `1 < x and x < 3`.
    if (
      comparisons.has(operator) &&
      expression.left.type === 'BinaryExpression' &&
      comparisons.has(expression.left.operator.value)
    ) {
      if (!truthOf(this.operation(expression.left, scope))) return false
      return binary(
        operator,
        this.evaluate(expression.left.right, scope),
        this.evaluate(expression.right, scope),
        this.budget,
      )
    }
    return binary(operator, this.evaluate(expression.left, scope), this.evaluate(expression.right, scope), this.budget)
  }

  private unary(operator: string, item: Item): Item {
    return operator === 'not' ? !truthOf(item) : unary(operator, item)
  }

  private object(entries: ReadonlyMap<Expression, Expression>, scope: Scope): Value {
    const result: MutableObject = {}
    for (const [key, value] of entries) {
      setKey(result, pythonText(toValue(this.evaluate(key, scope))), toValue(this.evaluate(value, scope)))
    }
    this.budget.spend(entries.size)
    return result
  }

  private call(expression: Call, scope: Scope): Item {
    const callee = this.evaluate(expression.callee, scope)
    if (callee instanceof Undefined) return fault(callee.reason)
    if (!(callee instanceof Callable)) return fault('the object is not callable')
    return callee.call(this.arguments(expression.args, scope))
  }

  arguments(expressions: readonly Expression[], scope: Scope): Arguments {
    if (expressions.length === 0) return noArguments
    const list: Item[] = []
    const named = new Map<string, Item>()
    for (const expression of expressions) {
      if (expression.type === 'KeywordArgumentExpression')
        named.set(expression.key.value, this.evaluate(expression.value, scope))
      else if (expression.type === 'SpreadExpression')
        list.push(...iterate(this.evaluate(expression.argument, scope), this.budget))
      else if (expression.type === 'KeywordSpreadExpression')
        this.spread(this.evaluate(expression.argument, scope), named)
      else list.push(this.evaluate(expression, scope))
    }
    return { list, named }
  }

  private spread(item: Item, named: Map<string, Item>): void {
    if (isValue(item) && isObject(item)) for (const [name, value] of Object.entries(item)) named.set(name, value)
    else fault('argument after ** must be a mapping')
  }

  applyFilter(filter: Named, item: Item, scope: Scope): Item {
    if (filter.type === 'Identifier') return this.filter(filter.value, item, noArguments)
    if (filter.callee.type !== 'Identifier') return fault('a filter needs a name')
    return this.filter(filter.callee.value, item, this.arguments(filter.args, scope))
  }

  filter(name: string, item: Item, args: Arguments): Item {
    this.budget.spend(1)
    if (name.startsWith(testFilter.isNot)) return !this.test(name.slice(testFilter.isNot.length), item, args)
    if (name.startsWith(testFilter.is)) return this.test(name.slice(testFilter.is.length), item, args)
    const filter = filters.get(name)
    return filter === undefined ? fault(`No filter named '${name}'.`) : filter(item, args, this)
  }

  test(name: string, item: Item, args: Arguments): boolean {
    this.budget.spend(1)
    const test = tests.get(name)
    return test === undefined ? fault(`No test named '${name}'.`) : test(item, args, this.budget)
  }

  /** A macro as something to call; `caller` is the body of a `call` block. */
  macro(definition: MacroStatement, scope: Scope): Callable {
    return new Callable(definition.name.value, args => {
      this.budget.spend(10)
      const inner = this.bind(definition.args, args, new Scope(scope))
      return this.capture(definition.body, inner)
    })
  }

  /** Binds arguments to parameters; what is left over is `varargs` and `kwargs`. */
  bind(parameters: readonly Expression[], args: Arguments, scope: Scope): Scope {
    const named = new Map(args.named)
    parameters.forEach((parameter, place) => {
      const [name, absent] =
        parameter.type === 'KeywordArgumentExpression'
          ? [parameter.key.value, parameter.value]
          : [nameOf(parameter), undefined]
      const given = named.has(name) ? named.get(name) : args.list[place]
      named.delete(name)
      const otherwise = (): Item =>
        absent === undefined ? new Undefined(`parameter '${name}' was not provided`) : this.evaluate(absent, scope)
      scope.set(name, given === undefined ? otherwise() : given)
    })
    const caller = named.get('caller')
    if (caller !== undefined) scope.set('caller', caller)
    named.delete('caller')
    scope.set('varargs', args.list.slice(parameters.length).map(toValue))
    scope.set('kwargs', Object.fromEntries([...named].map(([name, item]) => [name, toValue(item)])))
    return scope
  }
}

const noArguments: Arguments = { list: [], named: new Map() }

function nameOf(parameter: Expression): string {
  return parameter.type === 'Identifier' ? parameter.value : fault('a parameter needs a name')
}
