import { z } from 'zod';
import { isTarget } from '../../nginx/versions.ts';

/** The shape of `hopwright.config.json`, and its only definition: the JSON Schema in `docs/` is made from it. */

const severity = z.enum(['error', 'warning', 'info', 'off']);

const optionValue = z.union([z.number(), z.string(), z.boolean(), z.array(z.string())]);

const ruleSetting = z
  .union([
    severity,
    z.strictObject({
      severity: severity.optional().describe('Severity of the findings; `off` disables the rule.'),
      options: z
        .record(z.string(), optionValue)
        .optional()
        .describe("The rule's options; `hopwright rules CODE` lists them."),
    }),
  ])
  .describe('A severity, or severity and options.');

const rules = z
  .record(z.string(), ruleSetting)
  .describe('By rule code, or by family as in `security/*`. Exact codes win over families.');

const severities = z.record(z.string(), severity).describe('Severities by rule code or family.');

const globs = z.array(z.string().min(1));

export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('For editors.'),
  extends: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe(
      'Other configuration files, relative to this one; what stands here wins over what stands there.',
    ),
  target: z
    .string()
    .refine(isTarget, 'is neither a version such as "1.31.5" nor "any"')
    .optional()
    .describe('The nginx version that matters, or `any` for every version since 1.3.13.'),
  prefix: z.string().optional().describe("nginx's prefix; relative paths in a configuration start there."),
  root: z.string().optional().describe('Absolute paths in a configuration are looked up below this folder.'),
  define: z.record(z.string(), z.string()).optional().describe('Values for `${NAME}` in templates.'),
  include: globs.optional().describe('What a folder on the command line is searched for.'),
  ignore: globs.optional().describe('Files to leave out, as in `.gitignore`.'),
  failOn: z
    .enum(['error', 'warning', 'info', 'never'])
    .optional()
    .describe('Findings from this severity on make the exit code 1.'),
  maxWarnings: z.int().min(0).optional().describe('More warnings than this make the exit code 1.'),
  baseline: z.string().optional().describe('File with the findings that were there before.'),
  rules: rules.optional(),
  overrides: z
    .array(z.strictObject({ files: globs, rules: severities }))
    .optional()
    .describe('Other severities for findings in some files; later entries win.'),
});

export type ConfigFile = z.infer<typeof configSchema>;

/** The JSON Schema of `hopwright.config.json`. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { target: 'draft-7' });
}
