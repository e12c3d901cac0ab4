// Checks each dashboard against the types that Grafana publishes. JSON has no types, so it becomes the
// value of TypeScript constants, which the compiler then accepts or not: unknown fields are errors, too.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dashboards = here('../grafana/dashboards/');

const head = `
import type { AnnotationQuery, Dashboard, DataQuery, Panel, RowPanel } from '@grafana/schema';
import type * as heatmap from '@grafana/schema/dist/types/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen.d.ts';
import type * as stat from '@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.d.ts';
import type * as timeseries from '@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.d.ts';

// In JSON, a value of an enum is its string.
type Json<T> =
  T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends (infer U)[] ? Json<U>[]
  : { [K in keyof T]: Json<T[K]> };

// The part of the Prometheus plugin's query that is used here. Its own types are not in the package.
interface Query extends DataQuery {
  expr: string;
  editorMode?: 'code' | 'builder';
  exemplar?: boolean;
  format?: 'time_series' | 'table' | 'heatmap';
  instant?: boolean;
  legendFormat?: string;
  range?: boolean;
}

interface Config {
  heatmap: { options: heatmap.Options; custom: heatmap.FieldConfig };
  stat: { options: stat.Options; custom: object };
  timeseries: { options: timeseries.Options; custom: timeseries.FieldConfig };
}
type Options<T extends keyof Config> = Json<Config[T]['options']>;
type Custom<T extends keyof Config> = Json<Config[T]['custom']>;
`;

const fail = (message) => {
  console.error(message);
  process.exitCode = 1;
};

const work = here('node_modules/.dashboards/');
mkdirSync(work, { recursive: true });
for (const file of readdirSync(dashboards)) {
  const { annotations, panels, ...dashboard } = JSON.parse(readFileSync(dashboards + file, 'utf8'));
  const source = [head];
  const constant = (type, value) =>
    source.push(`const c${source.length}: ${type} = ${JSON.stringify(value, null, 1)};`);

  constant("Json<Omit<Dashboard, 'annotations' | 'panels'>>", dashboard);
  annotations.list.forEach((annotation) => constant('Json<AnnotationQuery<Query>>', annotation));
  for (const panel of panels) {
    if (panel.type === 'row') {
      constant('Json<RowPanel>', panel);
      continue;
    }
    constant('Json<Panel>', panel);
    const type = JSON.stringify(panel.type);
    constant(`Options<${type}>`, panel.options);
    constant(`Custom<${type}>`, panel.fieldConfig.defaults.custom ?? {});
    panel.targets.forEach((target) => constant('Json<Query>', target));
  }

  const ids = panels.map((panel) => panel.id);
  if (new Set(ids).size !== ids.length) fail(`${file}: two panels have the same id`);
  const cells = new Set();
  for (const { title, gridPos: { x, y, w, h } } of panels) {
    if (x + w > 24) fail(`${file}: "${title}" is wider than the dashboard`);
    for (let cx = x; cx < x + w; cx++) {
      for (let cy = y; cy < y + h; cy++) {
        const cell = `${cx} ${cy}`;
        if (cells.has(cell)) fail(`${file}: "${title}" lies on another panel`);
        cells.add(cell);
      }
    }
  }

  const ts = work + file.replace(/json$/, 'ts');
  writeFileSync(ts, source.join('\n'));
  const tsc = spawnSync(
    process.execPath,
    [here('node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', ts],
    { stdio: 'inherit' },
  );
  if (tsc.status !== 0) fail(`${file}: not as @grafana/schema has it`);
  else console.log(`${file}: ${panels.length} panels, as @grafana/schema has them`);
}
