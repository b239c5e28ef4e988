/**
 * The parts of the SARIF 2.1.0 schema (OASIS, sarif-schema-2.1.0.json) that a linter's output touches. Strict: a property
 * that is not listed in the standard's definition of an object is refused here as there.
 */
const text = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string' }, markdown: { type: 'string' } },
  additionalProperties: false,
};
const level = { enum: ['none', 'note', 'warning', 'error'] };
const positive = { type: 'integer', minimum: 1 };

const artifactLocation = {
  type: 'object',
  properties: {
    uri: { type: 'string', format: 'uri-reference' },
    uriBaseId: { type: 'string' },
    index: { type: 'integer', minimum: -1 },
    description: text,
  },
  additionalProperties: false,
};

const region = {
  type: 'object',
  properties: {
    startLine: positive,
    startColumn: positive,
    endLine: positive,
    endColumn: positive,
    charOffset: { type: 'integer' },
    charLength: { type: 'integer' },
    byteOffset: { type: 'integer' },
    byteLength: { type: 'integer' },
    snippet: { type: 'object' },
    message: text,
    sourceLanguage: { type: 'string' },
  },
  additionalProperties: false,
};

const location = {
  type: 'object',
  properties: {
    id: { type: 'integer', minimum: -1 },
    physicalLocation: {
      type: 'object',
      anyOf: [{ required: ['address'] }, { required: ['artifactLocation'] }],
      properties: { artifactLocation, region, contextRegion: region },
      additionalProperties: false,
    },
    logicalLocations: { type: 'array' },
    message: text,
    annotations: { type: 'array', items: region },
    relationships: { type: 'array' },
  },
  additionalProperties: false,
};

const fix = {
  type: 'object',
  required: ['artifactChanges'],
  properties: {
    description: text,
    artifactChanges: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['artifactLocation', 'replacements'],
        properties: {
          artifactLocation,
          replacements: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              required: ['deletedRegion'],
              properties: {
                deletedRegion: region,
                insertedContent: {
                  type: 'object',
                  properties: {
                    text: { type: 'string' },
                    binary: { type: 'string' },
                    rendered: { type: 'object' },
                  },
                  additionalProperties: false,
                },
              },
              additionalProperties: false,
            },
          },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

const descriptor = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    shortDescription: text,
    fullDescription: text,
    help: text,
    helpUri: { type: 'string', format: 'uri' },
    defaultConfiguration: {
      type: 'object',
      properties: { enabled: { type: 'boolean' }, level, rank: { type: 'number' } },
      additionalProperties: false,
    },
    properties: { type: 'object' },
  },
  additionalProperties: false,
};

const result = {
  type: 'object',
  required: ['message'],
  properties: {
    ruleId: { type: 'string' },
    ruleIndex: { type: 'integer', minimum: -1 },
    level,
    kind: { type: 'string' },
    message: text,
    locations: { type: 'array', items: location },
    relatedLocations: { type: 'array', items: location, uniqueItems: true },
    fixes: { type: 'array', items: fix, uniqueItems: true },
    partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
    fingerprints: { type: 'object', additionalProperties: { type: 'string' } },
    codeFlows: { type: 'array' },
    suppressions: { type: 'array' },
    properties: { type: 'object' },
  },
  additionalProperties: false,
};

export const sarifSchema = {
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string', format: 'uri' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tool'],
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: { type: 'string' },
                  version: { type: 'string' },
                  semanticVersion: { type: 'string' },
                  informationUri: { type: 'string', format: 'uri' },
                  rules: { type: 'array', items: descriptor, uniqueItems: true },
                },
                additionalProperties: false,
              },
            },
            additionalProperties: false,
          },
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          originalUriBaseIds: { type: 'object', additionalProperties: artifactLocation },
          artifacts: {
            type: 'array',
            uniqueItems: true,
            items: { type: 'object', properties: { location: artifactLocation }, additionalProperties: true },
          },
          invocations: {
            type: 'array',
            items: {
              type: 'object',
              required: ['executionSuccessful'],
              properties: { executionSuccessful: { type: 'boolean' } },
              additionalProperties: true,
            },
          },
          results: { type: 'array', items: result },
          automationDetails: { type: 'object' },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: true,
} as const;
