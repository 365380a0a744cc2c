/** Version of the interpreter’s meaning. It rises when the same document and inputs could give another run. */
export const semantics = 1
