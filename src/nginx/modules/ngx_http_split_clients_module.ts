import type { ModuleChecks } from '../module-checks.ts';
import { checkSplitClients, checkSplitClientsEntry, checkSplitClientsTotal } from '../split-clients-block.ts';

/** ngx_http_split_clients_module.c */
export const httpSplitClientsModule: ModuleChecks = {
  module: 'ngx_http_split_clients_module',
  directives: { split_clients: checkSplitClients },
  entries: { split_clients: checkSplitClientsEntry },
  closing: { split_clients: checkSplitClientsTotal },
};
