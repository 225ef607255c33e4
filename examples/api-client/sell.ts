// A small client of Tillpost's API, typed by the OpenAPI document: it looks for something to sell, prices it,
// records the sale, sends it again as a client does that got no answer, and reads it back.
//
//   npm install && npm run build
//   TILLPOST_URL=http://127.0.0.1:8080 TILLPOST_KEY=tp_… npm run sell -- S01 R1
import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./tillpost.js";

type Receipt = components["schemas"]["Receipt"];
type Problem = components["schemas"]["Problem"];

const [store = "S01", register = "R1"] = process.argv.slice(2);
const api = createClient<paths>({
  baseUrl: process.env.TILLPOST_URL ?? "http://127.0.0.1:8080",
  headers: { Authorization: `Bearer ${process.env.TILLPOST_KEY}` },
});

/** got is the answer, or throws what the server says is wrong. */
function got<T>(answer: { data?: T; error?: Problem }): T {
  if (answer.data === undefined) {
    const p = answer.error;
    throw new Error(p ? `${p.code}${p.place ? ` at ${p.place}` : ""}: ${p.detail}` : "no answer");
  }
  return answer.data;
}

const items = got(await api.GET("/v1/items", { params: { query: { limit: 1 } } }));
const item = items.data[0]?.sku;
if (!item) {
  throw new Error("there is nothing to sell");
}

const quote = got(await api.POST("/v1/quotes", { body: { store, entries: [{ item, qty: "2" }] } }));
console.log(`2 ${item} cost ${quote.total} (minor units of ${quote.currency})`);

const receipt: Receipt = {
  id: randomUUID(),
  kind: "sale",
  store,
  register,
  number: 0, // the server numbers it
  business_day: new Date().toISOString().slice(0, 10),
  device_time: new Date().toISOString(),
  currency: quote.currency,
  prices_include_tax: quote.prices_include_tax,
  tax_rounding: quote.tax_rounding,
  lines: quote.lines.map(({ no, kind, name, department, qty, unit_price, extended, reductions, net, net_discount, taxes }) => ({
    no, kind, item, qty, unit_price, extended, net,
    ...(name && { name }), ...(department && { department }), ...(reductions && { reductions }), ...(net_discount && { net_discount }), ...(taxes && { taxes }),
  })),
  tenders: [{ type: "cash", amount: quote.total }],
};

const first = await api.POST("/v1/receipts", { body: receipt });
const again = await api.POST("/v1/receipts", { body: receipt }); // as if no answer had come
console.log(`recorded with ${first.response.status}, and again with ${again.response.status}`);
if (JSON.stringify(got(first)) !== JSON.stringify(got(again))) {
  throw new Error("the same receipt was answered in two ways");
}

const other = await api.POST("/v1/receipts", { body: { ...receipt, note: "something else" } });
console.log(`the same id with other content: ${other.response.status} ${other.error?.code}`);

const { data: opened, error } = await api.GET("/v1/receipts/{id}", { params: { path: { id: receipt.id } } });
if (error) {
  throw new Error(error.detail);
}
console.log(`it is number ${opened.receipt.number} of ${opened.receipt.register}, and ${opened.entries.length} entry in the books`);
