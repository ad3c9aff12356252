import * as otel from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config/config.ts'
import { sqlState } from '../database/errors.ts'
import { BATCH, type Database, MODEL_API, operationOf } from '../database/client.ts'
import { DURATIONS_S } from './metrics.ts'
import { methodOf, routeOf, userIdOf } from '../http/requests.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The context of the request's span, for work on its behalf. */
    traceContext: otel.Context | undefined
  }
}

interface TelemetryOptions {
  name: string
  version: string
  /** Which signals are sent. */
  signals: NonNullable<Config['telemetry']>
  database: Pick<Database, 'watchStatements'>
}

/** How long the shutdown waits for a collector that does not answer. */
const FLUSH_TIMEOUT_MS = 2000
const SILENCE_MS = 60_000
const HISTOGRAM = { unit: 's', advice: { explicitBucketBoundaries: DURATIONS_S } }

/**
 * Spans and metrics of requests and statements, sent to an OpenTelemetry collector. The SDK reads its address and
 * everything else about it from the standard variables OTEL_*. No URL, header or statement parameter is sent.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 * https://opentelemetry.io/docs/specs/semconv/db/database-spans/
 */
export const telemetry = fp<TelemetryOptions>(async (app, { name, version, signals, database }) => {
  reportFailures(app.log)
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': name, 'service.version': version }))
    .merge(detectResources({ detectors: [serviceInstanceIdDetector, envDetector] }))
  const spanProcessors = signals.traces ? [new BatchSpanProcessor(new OTLPTraceExporter())] : []
  const tracers = new NodeTracerProvider({ resource, spanProcessors })
  const readers = signals.metrics
    ? [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })]
    : []
  const meters = new MeterProvider({ resource, readers })
  tracers.register()

  watchRequests(app, tracers.getTracer(name, version), meters.getMeter(name, version))
  watchStatements(database, tracers.getTracer(name, version), meters.getMeter(name, version))
  app.addHook('onClose', async () => {
    const sent = Promise.allSettled([tracers.shutdown(), meters.shutdown()])
    await Promise.race([sent, sleep(FLUSH_TIMEOUT_MS, undefined, { ref: false })])
    for (const api of [otel.trace, otel.context, otel.propagation, otel.diag]) api.disable()
  })
})

/** Logs a failure at most once a minute, so that an unreachable collector does not fill the log. */
function reportFailures(log: FastifyBaseLogger) {
  let silentUntil = 0
  const warn = (reason: string) => {
    if (Date.now() < silentUntil) return
    silentUntil = Date.now() + SILENCE_MS
    log.warn({ reason }, 'telemetry cannot be sent')
  }
  const ignore = () => {}
  const logger = { error: warn, warn, info: ignore, debug: ignore, verbose: ignore }
  otel.diag.setLogger(logger, otel.DiagLogLevel.WARN)
}

function watchRequests(app: FastifyInstance, tracer: otel.Tracer, meter: otel.Meter) {
  const duration = meter.createHistogram('http.server.request.duration', HISTOGRAM)
  app.decorateRequest('traceContext', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    const caller = otel.propagation.extract(otel.ROOT_CONTEXT, request.headers)
    const name = `${methodOf(request)} ${routeOf(request)}`
    const span = tracer.startSpan(name, { kind: otel.SpanKind.SERVER }, caller)
    request.traceContext = otel.trace.setSpan(caller, span)
    request.log = reply.log = request.log.child({ trace_id: span.spanContext().traceId })
    otel.context.with(request.traceContext, done)
  })
  // Reading a body loses the context, because it happens on behalf of the connection.
  app.addHook('preValidation', (request, _reply, done) => otel.context.with(request.traceContext!, done))
  app.onRequestEnd((request, reply, status, durationMs) => {
    const span = request.traceContext && otel.trace.getSpan(request.traceContext)
    const attributes = {
      'http.request.method': methodOf(request),
      'http.route': routeOf(request),
      'http.response.status_code': status,
      'url.scheme': 'http',
      ...errorType(reply.problemCode),
    }
    duration.record(durationMs / 1000, attributes)
    span?.setAttributes({ ...attributes, 'user.id': userIdOf(request) })
    if (status >= 500) span?.setStatus({ code: otel.SpanStatusCode.ERROR })
    span?.end()
  })
}

/** Without an error the attribute is absent, as the conventions demand. */
const errorType = (code: string | undefined): otel.Attributes =>
  code === undefined ? {} : { 'error.type': code }

const tableOf = (text: string) => /\b(?:FROM|INTO|UPDATE)\s+(\w+)/.exec(text)?.[1] ?? 'OTHER'

function watchStatements(
  { watchStatements }: TelemetryOptions['database'],
  tracer: otel.Tracer,
  meter: otel.Meter,
) {
  const duration = meter.createHistogram('db.client.operation.duration', HISTOGRAM)
  watchStatements((text, answer) => {
    const start = performance.now()
    const attributes = {
      'db.system.name': 'postgresql',
      'db.operation.name': operationOf(text),
      'db.collection.name': tableOf(text),
    }
    const name = text === MODEL_API || text === BATCH ? text : `${operationOf(text)} ${tableOf(text)}`
    const span = tracer.startSpan(name, {
      kind: otel.SpanKind.CLIENT,
      attributes: { ...attributes, 'db.query.text': text },
    })
    const end = (error?: string) => {
      duration.record((performance.now() - start) / 1000, { ...attributes, ...errorType(error) })
      if (error !== undefined) span.setStatus({ code: otel.SpanStatusCode.ERROR })
      span.setAttributes(errorType(error)).end()
    }
    answer.then(
      () => end(),
      (error) => end(sqlState(error) ?? '_OTHER'),
    )
  })
}
