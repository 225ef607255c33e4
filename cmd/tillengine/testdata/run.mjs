// Runs calls through the WebAssembly engine, as the register's worker does:
//   node run.mjs WASM_EXEC_JS ENGINE_WASM < calls.json > answers.json
// calls.json is [{"name", "input"}], answers.json the list of answers, both as texts.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [wasmExec, engine] = process.argv.slice(2);
await import(pathToFileURL(wasmExec).href);

const ready = new Promise((resolve) => {
  globalThis.tillengineReady = resolve;
});
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(readFileSync(engine), go.importObject);
go.run(instance); // runs until the process ends
await ready;

const calls = JSON.parse(readFileSync(0, "utf8"));
const answers = calls.map((c) => globalThis.tillengine.call(c.name, c.input));
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
