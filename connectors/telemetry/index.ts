export { pinoTelemetry, type PinoTelemetry, type PinoTelemetryOptions } from './pino.ts'
