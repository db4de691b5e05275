// expect: decoded-code-run | source: T1027
const text = "bmfsu)2*";
let out = "";
for (let i = 0; i < text.length; i++) {
  out += String.fromCharCode(text.charCodeAt(i) - 1);
}
eval(out);
