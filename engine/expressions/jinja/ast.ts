/** The nodes of a parsed template, as the parser library makes them (it does not export their types). */
export type Statement =
  | {
      readonly type: 'If'
      readonly test: Expression
      readonly body: readonly Statement[]
      readonly alternate: readonly Statement[]
    }
  | ForStatement
  | { readonly type: 'Break' }
  | { readonly type: 'Continue' }
  | {
      readonly type: 'Set'
      readonly assignee: Expression
      readonly value: Expression | null
      readonly body: readonly Statement[]
    }
  | MacroStatement
  | { readonly type: 'Comment'; readonly value: string }
  | { readonly type: 'FilterStatement'; readonly filter: Named; readonly body: readonly Statement[] }
  | CallBlock
  | Expression

export interface ForStatement {
  readonly type: 'For'
  readonly loopvar: Expression
  readonly iterable: Expression
  readonly body: readonly Statement[]
  readonly defaultBlock: readonly Statement[]
}

export interface MacroStatement {
  readonly type: 'Macro'
  readonly name: Identifier
  readonly args: readonly Expression[]
  readonly body: readonly Statement[]
}

export interface CallBlock {
  readonly type: 'CallStatement'
  readonly call: Call
  readonly callerArgs: readonly Expression[] | null
  readonly body: readonly Statement[]
}

export interface Identifier {
  readonly type: 'Identifier'
  readonly value: string
}

export interface Call {
  readonly type: 'CallExpression'
  readonly callee: Expression
  readonly args: readonly Expression[]
}

/** A filter with or without arguments. */
export type Named = Identifier | Call

interface Slice {
  readonly type: 'SliceExpression'
  readonly start?: Expression
  readonly stop?: Expression
  readonly step?: Expression
}

export interface Binary {
  readonly type: 'BinaryExpression'
  readonly operator: { readonly value: string }
  readonly left: Expression
  readonly right: Expression
}

export type Expression =
  | Identifier
  | Call
  | Slice
  | Binary
  | { readonly type: 'IntegerLiteral'; readonly value: number }
  | { readonly type: 'FloatLiteral'; readonly value: number }
  | { readonly type: 'StringLiteral'; readonly value: string }
  | { readonly type: 'ArrayLiteral' | 'TupleLiteral'; readonly value: readonly Expression[] }
  | { readonly type: 'ObjectLiteral'; readonly value: ReadonlyMap<Expression, Expression> }
  | {
      readonly type: 'MemberExpression'
      readonly object: Expression
      readonly property: Expression
      readonly computed: boolean
    }
  | { readonly type: 'FilterExpression'; readonly operand: Expression; readonly filter: Named }
  | { readonly type: 'SelectExpression'; readonly lhs: Expression; readonly test: Expression }
  | {
      readonly type: 'TestExpression'
      readonly operand: Expression
      readonly negate: boolean
      readonly test: Identifier
    }
  | { readonly type: 'UnaryExpression'; readonly operator: { readonly value: string }; readonly argument: Expression }
  | { readonly type: 'KeywordArgumentExpression'; readonly key: Identifier; readonly value: Expression }
  | { readonly type: 'SpreadExpression' | 'KeywordSpreadExpression'; readonly argument: Expression }
  | {
      readonly type: 'Ternary'
      readonly condition: Expression
      readonly trueExpr: Expression
      readonly falseExpr: Expression
    }
