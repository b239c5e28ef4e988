import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { rules } from '../src/4-check/rules.generated.ts';
import { main } from '../src/cli/main.ts';

const root = path.resolve(import.meta.dirname, '..');
const pages = ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);
const textOf = (page: string): string => readFileSync(path.join(root, page), 'utf8');

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const blocks: Block[] = pages.flatMap((page) =>
  [...textOf(page).matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
    page,
    language,
    text,
  })),
);
const blocksIn = (language: string): Block[] => blocks.filter((block) => block.language === language);

const folder = mkdtempSync(path.join(tmpdir(), 'hopwright-docs-'));
cpSync(path.join(root, 'fixtures/seed/map.conf'), path.join(folder, 'nginx.conf'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(line: string, cwd: string): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(line.split(' ').slice(1), {
    cwd,
    env: {},
    out: async (text) => void (out += text),
    err: async (text) => void (err += text),
    stdin: () => '',
    columns: null,
    hurry: () => {},
  });
  return { code, out, err };
}

/** What a page shows of an output; a line `…` stands for any lines. */
function shown(lines: string): RegExp {
  const parts = lines.split(/^…\n/m).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('(?:.*\\n)*')}$`);
}

describe('the documentation', () => {
  test.each(pages)('%s links to what is there', (page) => {
    const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
    const local = links.filter((link) => !/^(https?:|#)/.test(link)).map((link) => link.split('#')[0]!);
    const missing = local.filter((link) => !existsSync(path.resolve(root, path.dirname(page), link)));
    expect(missing).toEqual([]);
  });

  test.each(pages)('%s names rules that exist', (page) => {
    const codes = new Set(rules.map(({ code }) => code));
    const families = [...new Set(rules.map(({ code }) => code.split('/')[0]!))].join('|');
    const named = [...textOf(page).matchAll(new RegExp(`(?<![\\w/.-])(?:${families})/[a-z][a-z0-9-]+`, 'g'))];
    expect(named.map(([code]) => code).filter((code) => !codes.has(code))).toEqual([]);
  });

  const prompts = blocksIn('console').filter(({ text }) => text.startsWith('$ hopwright '));
  test.each(prompts)('the output in $page is what the command prints', async ({ page, text }) => {
    const [line = '', ...output] = text.split('\n');
    const { out } = await run(line.slice(2), root);
    expect(out, page).toMatch(shown(output.join('\n')));
  });

  test.each(blocksIn('ts'))('the program in $page runs: $text', ({ text }) => {
    const file = path.join(folder, 'example.ts');
    writeFileSync(
      file,
      text.replaceAll("'hopwright'", `'${pathToFileURL(path.join(root, 'src/index.ts')).href}'`),
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect(status, stderr).toBe(0);
    const promised = [...text.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]);
    if (promised.length > 0) expect(stdout.trim().split('\n')).toEqual(promised);
  });

  test('the options of the commands are those in their help', async () => {
    const text = textOf('docs/cli.md');
    const help = (
      await Promise.all(
        ['lint', 'explain', 'compile', 'serve', 'rules'].map((name) => run(`hopwright help ${name}`, folder)),
      )
    )
      .map(({ out }) => out)
      .join('\n');
    const optionsIn = (page: string): Set<string> =>
      new Set([...page.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option));
    const known = optionsIn(help);
    expect([...optionsIn(text)].filter((option) => !known.has(option))).toEqual([]);
    expect([...known].filter((option) => !optionsIn(text).has(option) && option !== '--help')).toEqual([]);
  });

  test('the problem matcher for Visual Studio Code understands every line of compact', async () => {
    const json = blocksIn('json').find(({ page }) => page === 'docs/editors.md')!;
    const { pattern } = JSON.parse(json.text).tasks[0].problemMatcher;
    writeFileSync(path.join(folder, 'bad.conf'), 'events {}\nhttp {\n    servr_tokens [x];\n}\n');
    const { out } = await run('hopwright lint --format compact bad.conf', folder);
    const [line = ''] = out.split('\n');
    const match = new RegExp(pattern.regexp).exec(line)!;
    expect([
      match[pattern.file],
      match[pattern.line],
      match[pattern.column],
      match[pattern.severity],
    ]).toEqual(['bad.conf', '3', '5', 'error']);
    expect(match[pattern.message]).toBe('unknown directive "servr_tokens"');
    expect(match[pattern.code]).toBe('nginx/unknown-directive');
  });
});
