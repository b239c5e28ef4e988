import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SpecTable } from '../../src/nginx/specs.ts';
import { newestVersion } from '../../src/nginx/versions.ts';

describe('directives by version', () => {
  const old = new SpecTable('1.22.1');
  const newest = new SpecTable(newestVersion);

  it('appear with the release that brought them', () => {
    expect(old.lookup('http2', 'server')).toBeNull();
    expect(newest.lookup('http2', 'server')?.kind).toBe('flag');
  });

  it('go with the release that removed them', () => {
    expect(old.lookup('ssl', 'server')?.kind).toBe('flag');
    expect(newest.lookup('ssl', 'server')).toBeNull();
  });

  it('change their words and counts', () => {
    expect(old.lookup('proxy_http_version', 'http')?.enumValues).toEqual(['1.0', '1.1']);
    expect(newest.lookup('proxy_http_version', 'http')?.enumValues).toEqual(['1.0', '1.1', '2']);
    expect(old.lookup('keepalive', 'upstream')?.counts).toEqual([1]);
    expect(newest.lookup('keepalive', 'upstream')?.counts).toEqual([1, 2]);
  });

  it('are told apart by context', () => {
    expect(newest.lookup('server', 'http')?.module).toBe('ngx_http_core_module');
    expect(newest.lookup('server', 'upstream')?.module).toBe('ngx_http_upstream_module');
    expect(newest.lookup('server', 'main')).toBeNull();
    expect(newest.lookup('include', 'stream.upstream')?.module).toBe('ngx_conf_module');
  });

  it('leave out commercial ones and find those of add-ons', () => {
    expect(newest.find('health_check')).toEqual([]);
    expect(newest.every('health_check')[0]?.commercial).toBe(true);
    expect(newest.findThirdParty('more_set_headers')[0]?.thirdParty).toBe('headers-more-nginx-module');
  });

  it('tell the versions at which they changed', () => {
    expect(newest.changesOf('http2')).toEqual(['1.25.1']);
    expect(newest.changesOf('ssl')).toContain('1.25.1');
  });
});

const facts = join(import.meta.dirname, '../../../shared/facts/directives.json');

describe.skipIf(!existsSync(facts))('generated tables beside ../shared/facts', () => {
  interface Record {
    readonly name: string;
    readonly module: string;
    readonly contexts: readonly string[];
    readonly args: { readonly counts: readonly number[] | null; readonly atLeast: number | null };
    readonly commercial: boolean;
  }

  it('hold every directive with its contexts and counts', () => {
    const table = new SpecTable(newestVersion);
    const records = JSON.parse(readFileSync(facts, 'utf8')) as Record[];
    for (const { name, module, contexts, args, commercial } of records) {
      const spec = table.every(name).find((each) => each.module === module);
      expect(spec, `${module} ${name}`).toBeDefined();
      if (!contexts.includes('any')) expect([...spec!.contexts].sort()).toEqual([...contexts].sort());
      expect(spec!.counts).toEqual(args.counts);
      expect(spec!.atLeast).toBe(args.counts === null ? (args.atLeast ?? 0) : null);
      expect(spec!.commercial).toBe(commercial);
    }
  });
});
