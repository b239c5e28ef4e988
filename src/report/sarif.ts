import { pathToFileURL } from 'node:url';
import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../text/source-file.ts';
import { fingerprints } from './fingerprint.ts';
import { rangeOf } from './place.ts';
import { decode, displayPath, displayText } from './text.ts';
import type { RenderOptions, Renderer } from './report.ts';

const levels = { error: 'error', warning: 'warning', info: 'note' } as const;

/** SARIF 2.1.0: GitHub code scanning, Visual Studio Code and others read it. */
export const renderSarif: Renderer = (report, options) => {
  const codes = [...new Set(report.diagnostics.map((one) => one.code))].sort();
  const names = fingerprints(report.diagnostics, options.workingDirectory);
  const run = {
    tool: {
      driver: {
        name: report.tool.name,
        version: report.tool.version,
        rules: codes.map((code) => reportingDescriptor(code, options)),
      },
    },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { PROJECT: { uri: `${pathToFileURL(options.workingDirectory).href}/` } },
    artifacts: report.files.map((file) => ({ location: artifactLocation(file, options) })),
    invocations: [{ executionSuccessful: true }],
    results: report.diagnostics.map((one, index) => ({
      ruleId: one.code,
      ruleIndex: codes.indexOf(one.code),
      level: levels[one.severity],
      message: { text: messageOf(one) },
      locations: [{ physicalLocation: physicalLocation(one.file, one.span, options) }],
      ...(one.related.length === 0
        ? {}
        : {
            relatedLocations: one.related.map((place, id) => ({
              id: id + 1,
              physicalLocation: physicalLocation(place.file, place.span, options),
              message: { text: displayText(place.message) },
            })),
          }),
      ...(one.fixes.length === 0 ? {} : { fixes: one.fixes.map((fix) => sarifFix(fix, options)) }),
      partialFingerprints: { 'hopwright/v1': names[index] },
    })),
  };
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
};

function messageOf(one: Diagnostic): string {
  return [one.message, one.detail, one.help ?? '']
    .filter((part) => part !== '')
    .map((part) => displayText(part).replace(/([^.!?)])$/, '$1.'))
    .join(' ');
}

function reportingDescriptor(code: string, options: RenderOptions): object {
  const help = options.ruleHelp(code);
  if (help === null) return { id: code };
  return {
    id: code,
    shortDescription: { text: help.title },
    help: { text: help.page, markdown: help.page },
    defaultConfiguration: { level: levels[help.severity] },
  };
}

/** Relative to the project where it can be: that is how services match a result with a file of the repository. */
function artifactLocation(file: string, options: RenderOptions): object {
  const shown = displayPath(file, options.workingDirectory);
  if (shown.startsWith('/')) return { uri: pathToFileURL(shown).href };
  return { uri: shown.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'PROJECT' };
}

function physicalLocation(file: SourceFile, span: Span, options: RenderOptions): object {
  return { artifactLocation: artifactLocation(file.path, options), region: region(file, span) };
}

function region(file: SourceFile, span: Span): object {
  const range = rangeOf(file, span);
  return {
    startLine: range.line,
    startColumn: range.column,
    endLine: range.endLine,
    endColumn: range.endColumn,
  };
}

function sarifFix(fix: Fix, options: RenderOptions): object {
  const files = [...new Set(fix.edits.map((edit) => edit.file))];
  return {
    description: { text: displayText(fix.title) },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifactLocation(file.path, options),
      replacements: fix.edits
        .filter((edit) => edit.file === file)
        .map((edit) => ({
          deletedRegion: region(file, edit),
          ...(edit.text === '' ? {} : { insertedContent: { text: decode(edit.text) } }),
        })),
    })),
  };
}
