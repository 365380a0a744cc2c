import { parseYaml } from '../../engine/graph/yaml.ts'
import { getKey, isList, isObject } from '../../engine/values/object.ts'
import type { ObjectValue, Value } from '../../engine/values/value.ts'

/** Limits that clients show beside their upload buttons: megabytes, and files of one run. */
const uploadLimits: ObjectValue = {
  image_file_size_limit: 10n,
  video_file_size_limit: 100n,
  audio_file_size_limit: 50n,
  file_size_limit: 15n,
  workflow_file_upload_limit: 10n,
}

/** Features that a document leaves out. */
const absent: ObjectValue = {
  opening_statement: '',
  suggested_questions: [],
  suggested_questions_after_answer: { enabled: false },
  speech_to_text: { enabled: false },
  text_to_speech: { enabled: false, language: '', voice: '' },
  retriever_resource: { enabled: true },
  annotation_reply: { enabled: false },
  more_like_this: { enabled: false },
  sensitive_word_avoidance: { enabled: false },
  file_upload: { enabled: false },
}

/** Body of `GET /v1/parameters`: the form that a run starts from, and the features a client draws. */
export function difyParameters(document: string): ObjectValue {
  const parsed = parseYaml(document)
  const workflow = parsed.ok ? objectIn(parsed.value, 'workflow') : {}
  const features = objectIn(workflow, 'features')
  const own = Object.keys(absent).map(name => [name, getKey(features, name) ?? absent[name] ?? null] as const)
  return {
    ...Object.fromEntries(own),
    user_input_form: startVariables(workflow).map(variable => ({ [typeOf(variable)]: variable })),
    system_parameters: uploadLimits,
  }
}

function startVariables(workflow: ObjectValue): ObjectValue[] {
  const nodes = objectsIn(objectIn(workflow, 'graph'), 'nodes').map(node => objectIn(node, 'data'))
  const start = nodes.find(data => getKey(data, 'type') === 'start')
  return start === undefined ? [] : objectsIn(start, 'variables')
}

function typeOf(variable: ObjectValue): string {
  const type = getKey(variable, 'type')
  return typeof type === 'string' ? type : 'text-input'
}

function objectIn(object: Value, key: string): ObjectValue {
  const value = isObject(object) ? getKey(object, key) : undefined
  return isObject(value) ? value : {}
}

function objectsIn(object: ObjectValue, key: string): ObjectValue[] {
  const value = getKey(object, key)
  return isList(value) ? value.filter(isObject) : []
}
